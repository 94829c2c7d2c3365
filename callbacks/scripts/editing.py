"""Changes of a draft, question by question. Pure: each takes a script and returns another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from callbacks.scripts.document import Content, Question, QuestionKind

NEW = "question"


def put(content: Content, was: str, question: Question) -> Content:
    """The question that had the code `was`, as it is now; branches that lead to it or ask for it follow a new code.

    One that is gone meanwhile is put at the end, so that nothing typed is lost.
    """
    others = [one for one in content.questions if one.code != was]
    renamed = [_renamed(one, was, question.code) for one in others] if was != question.code else others
    place = _place(content.questions, was)
    at = len(renamed) if place is None else place
    return Content(((*renamed[:at], _renamed(question, was, question.code), *renamed[at:]),))


def added(content: Content, after: str) -> tuple[Content, str]:
    """The script with a new question behind `after` (at the end without it), and the code of the new one."""
    code = free_code(NEW, [one.code for one in content.questions])
    place = _place(content.questions, after)
    at = len(content.questions) if place is None else place + 1
    new = Question(code=code, kind=QuestionKind.YES_NO)
    return Content(((*content.questions[:at], new, *content.questions[at:]),)), code


def removed(content: Content, code: str) -> Content:
    """The script without a question; what led there leads to what is left, which the checks then point out."""
    return Content((tuple(one for one in content.questions if one.code != code),))


def moved(content: Content, code: str, step: int) -> Content:
    """The question one place up (-1) or down (+1); at either end it stays."""
    questions = list(content.questions)
    place = _place(questions, code)
    if place is None or not 0 <= place + step < len(questions):
        return content
    questions.insert(place + step, questions.pop(place))
    return Content((tuple(questions),))


def free_code(stem: str, taken: Sequence[str]) -> str:
    """`stem_1`, `stem_2` …: the first that is not taken."""
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _place(questions: Sequence[Question], code: str) -> int | None:
    return next((place for place, one in enumerate(questions) if one.code == code), None)


def _renamed(question: Question, old: str, new: str) -> Question:
    if not old or old == new:
        return question
    rules = tuple(
        replace(
            rule,
            question=new if rule.question == old else rule.question,
            next=new if rule.next == old else rule.next,
        )
        for rule in question.goto
    )
    options = tuple(replace(option, next=new) if option.next == old else option for option in question.options)
    return replace(question, goto=rules, options=options, next=new if question.next == old else question.next)
