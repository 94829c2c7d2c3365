"""What differs between two versions of a script, question by question, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from callbacks.scripts.document import Content, Question, QuestionKind, Topic
from callbacks.scripts.saying import answer_lines, bounds_in_words, leads_to

LABELS: dict[str, str | Promise] = {
    "text": gettext_lazy("What is said or asked"),
    "kind": pgettext_lazy("question", "Kind"),
    "answers": gettext_lazy("Answers"),
    "leads": gettext_lazy("What follows"),
    "topic": gettext_lazy("Topic required by regulation"),
    "marks": gettext_lazy("Marks"),
    "help": gettext_lazy("Help for the agent"),
}


@dataclass(frozen=True)
class Aspect:
    """One side of a question, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A question that differs; `what` is added, removed, changed or moved."""

    code: str
    what: str
    aspects: tuple[Aspect, ...]


def differences(before: Content, after: Content) -> list[Change]:
    """The questions that differ, in the order of `after`, those that are gone at the end."""
    return [*_kept_and_new(before, after), *_gone(before, after)]


def marks(question: Question) -> str:
    """What is marked at a question, in words."""
    said = []
    if question.required_by_regulation:
        said.append(_("required by regulation"))
    if question.optional:
        said.append(_("may be passed over"))
    if question.weight:
        said.append(_("scored with weight %(weight)s") % {"weight": question.weight})
    critical = bounds_in_words(question.critical)
    return pgettext("between words of a list", ", ").join([*said, *([critical] if critical else [])])


def _kept_and_new(before: Content, after: Content) -> Iterator[Change]:
    order = [one.code for one in after.questions if one.code in before.by_code]
    old_order = [one.code for one in before.questions if one.code in after.by_code]
    for question in after.questions:
        known = before.by_code.get(question.code)
        if known is None:
            yield Change(question.code, "added", _aspects(None, before, question, after))
            continue
        aspects = _aspects(known, before, question, after)
        if aspects:
            yield Change(question.code, "changed", aspects)
        elif _behind(order, question.code) != _behind(old_order, question.code):
            yield Change(question.code, "moved", ())


def _gone(before: Content, after: Content) -> Iterator[Change]:
    for question in before.questions:
        if question.code not in after.by_code:
            yield Change(question.code, "removed", _aspects(question, before, None, after))


def _behind(order: list[str], code: str) -> str:
    place = order.index(code)
    return order[place - 1] if place else ""


def _aspects(old: Question | None, before: Content, new: Question | None, after: Content) -> tuple[Aspect, ...]:
    was, now = _described(old, before), _described(new, after)
    return tuple(Aspect(str(label), was[name], now[name]) for name, label in LABELS.items() if was[name] != now[name])


def _described(question: Question | None, content: Content) -> dict[str, str]:
    """Where answers lead is told by the code alone: a number changes whenever a question is put in front."""
    if question is None:
        return dict.fromkeys(LABELS, "")
    return {
        "text": question.text,
        "kind": str(QuestionKind(question.kind).label),
        "answers": "\n".join(line.words for line in answer_lines(question, content, numbered=False)),
        "leads": leads_to(question, content, numbered=False),
        "topic": str(Topic(question.topic).label) if question.topic else "",
        "marks": marks(question),
        "help": question.help,
    }
