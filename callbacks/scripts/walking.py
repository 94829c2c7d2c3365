"""The way through a script that the answers given so far make. Pure; every walk ends, whatever the script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from callbacks.scripts.document import END, STOP, Answers, Content, Question, QuestionKind, Topic


@dataclass(frozen=True)
class Step:
    """A question on the way, and which of the joined scripts it is from (0: the first)."""

    question: Question
    part: int


@dataclass(frozen=True)
class Walk:
    """The way so far. `ending` is `end`, `stop`, or empty where an answer must decide how it goes on."""

    steps: tuple[Step, ...]
    ending: str = ""


def joined(contents: Sequence[Content]) -> Content:
    """Several scripts for one call: one after the other. A question that was asked already is not asked again (its
    answer counts), and what they all close with is said once, at the end."""
    parts = [part for content in contents for part in content.parts if part]
    return Content(tuple(_without_closing(part, parts[place + 1 :]) for place, part in enumerate(parts)) or ((),))


def walk(content: Content, answers: Answers, *, assuming: bool = False) -> Walk:
    """The way that `answers` make; an unanswered question on which it depends ends what is certain.

    With `assuming` it goes on as if that question led to the one that follows without any branch: the likely way.
    """
    steps: list[Step] = []
    seen: set[str] = set()
    for part, questions in enumerate(content.parts):
        by_code = {question.code: question for question in questions}
        code = questions[0].code if questions else END
        passed: set[str] = set()
        while code in by_code and code not in passed:
            question = by_code[code]
            passed.add(code)
            if code not in seen:
                steps.append(Step(question, part))
                seen.add(code)
            if not assuming and _open(question, seen, answers):
                return Walk(tuple(steps))
            code = successor(questions, question, {done: answers[done] for done in seen if done in answers})
        if code == STOP:
            return Walk(tuple(steps), STOP)
    return Walk(tuple(steps), END)


def path(content: Content, answers: Answers) -> tuple[Question, ...]:
    """The questions that apply for certain, in order, as far as `answers` tell."""
    return tuple(step.question for step in walk(content, answers).steps)


def outlook(content: Content, answers: Answers) -> tuple[Question, ...]:
    """`path`, and how it most likely goes on: what "question 3 of 8" counts."""
    return tuple(step.question for step in walk(content, answers, assuming=True).steps)


def next_question(content: Content, answers: Answers) -> Question | None:
    """The first question on the way that has not been answered or passed over; None when there is none left."""
    return next((one for one in path(content, answers) if one.code not in answers), None)


def missing(content: Content, answers: Answers) -> tuple[Question, ...]:
    """The questions on the way that need an answer and have none."""
    return tuple(one for one in path(content, answers) if one.code not in answers and not one.optional)


def unasked_topics(content: Content, answers: Answers) -> tuple[str, ...]:
    """The regulated topics of the script that no answered question on the way was about."""
    asked = {question.topic for question in path(content, answers) if question.code in answers}
    return tuple(topic.value for topic in Topic if topic.value in content.topics and topic.value not in asked)


def decides(question: Question) -> bool:
    """Whether its own answer can change what follows."""
    own = any(rule.question == question.code for rule in question.goto)
    return own or any(option.next for option in question.options)


def _open(question: Question, seen: Iterable[str], answers: Answers) -> bool:
    """Whether what follows depends on an answer, to this question or an earlier one on the way, that is not there."""
    asked_for = {rule.question for rule in question.goto} & set(seen)
    own = {question.code} if decides(question) else set()
    return any(code not in answers for code in asked_for | own)


def successor(questions: Sequence[Question], question: Question, answers: Answers) -> str:
    """The code of what follows `question`: by its answer, else by its branches in order, else the next in the list."""
    chosen = _values(answers.get(question.code))
    by_option = (option.next for option in question.options if option.next and option.code in chosen)
    by_rule = (rule.next for rule in question.goto if set(_values(answers.get(rule.question))) & set(rule.among))
    return next(by_option, "") or next(by_rule, "") or usual(questions, question)


def usual(questions: Sequence[Question], question: Question) -> str:
    """What follows where no answer decides."""
    place = questions.index(question) + 1
    following = questions[place].code if place < len(questions) else END
    return question.next or following


def targets(questions: Sequence[Question], question: Question) -> Iterator[str]:
    """Every code that can follow a question, each once; the usual one only where some answer leads there."""
    named = [option.next for option in question.options] + [rule.next for rule in question.goto]
    found = dict.fromkeys(target for target in named if target)
    if not _always_branches(question):
        found.setdefault(usual(questions, question))
    return iter(found)


def _always_branches(question: Question) -> bool:
    if question.kind == QuestionKind.STATEMENT or not question.values:
        return False
    by_option = {option.code for option in question.options if option.next}
    by_rule = {value for rule in question.goto if rule.question == question.code for value in rule.among}
    return set(question.values) <= by_option | by_rule


def _values(answer: Any) -> tuple[str, ...]:
    """The answers of a question as the branches name them."""
    given = answer if isinstance(answer, list | tuple) else [] if answer is None else [answer]
    return tuple(str(value) for value in given)


def _without_closing(part: tuple[Question, ...], later: Sequence[tuple[Question, ...]]) -> tuple[Question, ...]:
    """A script without what it closes with, where a later one closes with the same."""
    for other in later:
        kept = part[: len(part) - _closing_length(part, other)]
        if len(kept) < len(part) and kept and _only_closes(part, len(kept)):
            return kept
    return part


def _closing_length(part: Sequence[Question], other: Sequence[Question]) -> int:
    """How many questions both end with."""
    length = 0
    for one, same in zip(reversed(part), reversed(other), strict=False):
        if one.code != same.code:
            break
        length += 1
    return length


def _only_closes(part: Sequence[Question], place: int) -> bool:
    """Whether everything from `place` on leads on to the end, neither back nor to a break-off."""
    closing = part[place:]
    allowed = {END, *(question.code for question in closing)}
    return all(target in allowed for question in closing for target in targets(part, question))
