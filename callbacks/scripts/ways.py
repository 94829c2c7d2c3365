"""Every way through a script that some answers make. Answers that no branch tells apart count as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from callbacks.scripts.answers import in_words
from callbacks.scripts.document import END, STOP, Answers, Question, QuestionKind
from callbacks.scripts.walking import successor

MOST_STATES = 20_000
MOST_CHOSEN = 6  # answers that decide, of a question where several are chosen: all their combinations are tried
OTHER = "\0"  # an answer that no branch asks for

Trail = tuple[tuple[str, str], ...]  # (code, the answer's words where it decided) in the order of the way


class TooMany(Exception):
    """More ways than can be looked at; its text is the code of the question where that was noticed."""


@dataclass
class Found:
    """The questions that some way reaches; by ending, which topics a way asked, with an example of it."""

    reached: set[str] = field(default_factory=set)
    endings: dict[str, list[tuple[frozenset[str], Trail]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _State:
    code: str
    asked: frozenset[str]
    remembered: tuple[tuple[str, tuple[str, ...]], ...]  # answers that branches ask for


def explore(questions: Sequence[Question]) -> Found:
    """Walk every way of a script that runs in no circle. Raises TooMany."""
    by_code = {question.code: question for question in questions}
    asked_for = {rule.question for one in questions for rule in one.goto if rule.question != one.code}
    found = Found()
    start = _State(questions[0].code, frozenset(), ())
    waiting: list[tuple[_State, Trail]] = [(start, ())]
    seen = {start}
    while waiting:
        state, trail = waiting.pop()
        question = by_code.get(state.code)
        if question is None:
            _end(found, STOP if state.code == STOP else END, state.asked, trail)
            continue
        found.reached.add(question.code)
        for answer in _answers(question, questions):
            following = _after(state, question, answer, questions, asked_for)
            if following not in seen:
                seen.add(following)
                waiting.append((following, (*trail, (question.code, _label(question, answer)))))
        if len(seen) > MOST_STATES:
            raise TooMany(question.code)
    return found


def told_apart(question: Question, questions: Sequence[Question]) -> tuple[str, ...]:
    """The answers of a question that some branch, its own or a later one's, asks for."""
    named = {option.code for option in question.options if option.next}
    named |= {value for one in questions for rule in one.goto if rule.question == question.code for value in rule.among}
    return tuple(value for value in question.values if value in named)


def _after(
    state: _State, question: Question, answer: tuple[str, ...], questions: Sequence[Question], asked_for: set[str]
) -> _State:
    answers: dict[str, Any] = dict(state.remembered) | {question.code: list(answer)}
    given: Answers = {code: value for code, value in answers.items() if value}
    code = successor(questions, question, given)
    asked = state.asked | {question.topic} if question.topic else state.asked
    kept = {**dict(state.remembered), question.code: answer} if question.code in asked_for else dict(state.remembered)
    return _State(code, asked, tuple(sorted(kept.items())))


def _answers(question: Question, questions: Sequence[Question]) -> Iterator[tuple[str, ...]]:
    """Answers that between them take every way: each that is told apart, and one for all the others."""
    named = told_apart(question, questions)
    others = len(question.values) > len(named) or not question.values
    if question.kind == QuestionKind.MULTIPLE:
        if len(named) > MOST_CHOSEN:
            raise TooMany(question.code)
        for length in range(1, len(named) + 1):
            yield from combinations(named, length)
    else:
        yield from ((value,) for value in named)
    if others:
        yield (OTHER,)


def _label(question: Question, answer: tuple[str, ...]) -> str:
    return "" if answer == (OTHER,) else in_words(question, list(answer))


def _end(found: Found, ending: str, asked: frozenset[str], trail: Trail) -> None:
    found.endings.setdefault(ending, []).append((asked, trail))
