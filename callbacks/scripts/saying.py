"""A script in words for people: its answers and what follows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.scripts.answers import in_words
from callbacks.scripts.document import END, NO, STOP, YES, Content, Critical, Question, QuestionKind
from callbacks.scripts.walking import usual


@dataclass(frozen=True)
class AnswerLine:
    """One answer of a question as a reader sees it; `leads` is empty where simply the usual question follows."""

    label: str
    critical: bool
    leads: str
    points: int = 0

    @property
    def words(self) -> str:
        marks = [self.label]
        if self.critical:
            marks.append(_("(critical)"))
        if self.leads:
            marks.append(f"→ {self.leads}")
        return " ".join(marks)


@dataclass(frozen=True)
class _Places:
    """Names the places where answers lead: by number and code, or by code alone."""

    content: Content
    numbered: bool

    def name(self, code: str) -> str:
        if code == END:
            return _("the end")
        if code == STOP:
            return _("breaking off")
        if not self.numbered or code not in self.content.by_code:
            return code
        numbers = {question.code: place for place, question in enumerate(self.content.questions, 1)}
        return f"{numbers[code]} {code}"


def answer_lines(question: Question, content: Content, *, numbered: bool = True) -> list[AnswerLine]:
    """The answers to choose from, critical ones marked, with where each leads; none for open questions."""
    places = _Places(content, numbered)
    if question.kind == QuestionKind.YES_NO:
        return [
            AnswerLine(in_words(question, value), value in question.critical.answers, _leads(question, value, places))
            for value in (YES, NO)
        ]
    return [
        AnswerLine(option.label, option.critical, _leads(question, option.code, places, option.next), option.points)
        for option in question.options
    ]


def leads_to(question: Question, content: Content, *, numbered: bool = True) -> str:
    """What follows by branches that the answers' own lines do not show, and else; empty: the next question."""
    places = _Places(content, numbered)
    said = list(_branches(question, places))
    if question.next:
        words = _("else to %(question)s") if said else _("to %(question)s")
        said.append(words % {"question": places.name(question.next)})
    return pgettext("between words of a list", ", ").join(said)


def bounds_in_words(critical: Critical) -> str:
    """Which figures are critical; empty where none is."""
    low, high = critical.at_least, critical.at_most
    if low is not None and high is not None and low <= high:
        return _("critical from %(low)s to %(high)s") % {"low": plain(low), "high": plain(high)}
    said = []
    if high is not None:
        said.append(_("critical at %(bound)s or less") % {"bound": plain(high)})
    if low is not None:
        said.append(_("critical at %(bound)s or more") % {"bound": plain(low)})
    return pgettext("between words of a list", ", ").join(said)


def plain(bound: Decimal) -> str:
    """A bound without an exponent or empty decimals."""
    return f"{bound.normalize():f}"


def _leads(question: Question, value: str, places: _Places, named: str = "") -> str:
    own = (rule.next for rule in question.goto if rule.question == question.code and value in rule.among)
    target = named or next(own, "")
    is_usual = not target or target == usual(places.content.questions, question)
    return "" if is_usual else places.name(target)


def _branches(question: Question, places: _Places) -> Iterator[str]:
    for rule in question.goto:
        own = rule.question == question.code
        asked = places.content.by_code.get(rule.question)
        if own and question.kind != QuestionKind.SCALE:
            continue
        answers = in_words(asked, list(rule.among)) if asked else ", ".join(rule.among)
        values = {"about": places.name(rule.question), "answers": answers, "question": places.name(rule.next)}
        if own:
            yield _("at %(answers)s to %(question)s") % values
        else:
            yield _("if %(about)s was answered “%(answers)s” to %(question)s") % values
