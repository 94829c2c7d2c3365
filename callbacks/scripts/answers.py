"""One question and what was answered to it: whether that can be an answer, whether it is critical, what it scores."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.scripts.document import (
    BOUNDED,
    NO,
    PLACEHOLDERS,
    READ,
    SCALE,
    YES,
    Answers,
    Content,
    Critical,
    Question,
    QuestionKind,
)
from callbacks.scripts.walking import path

LONGEST_TEXT = 2000
LARGEST = Decimal(10) ** 15
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
WIDE = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


def check_answer(question: Question, value: Any) -> Any:
    """The answer as it is kept (see `document.py`); None for an optional question that is passed over.

    Raises ValidationError, in words, for what cannot be an answer to this question.
    """
    if value in (None, "", [], ()):
        if question.optional:
            return None
        raise ValidationError(_("This question needs an answer."))
    read = {
        QuestionKind.YES_NO: _one_of,
        QuestionKind.SINGLE: _one_of,
        QuestionKind.MULTIPLE: _several_of,
        QuestionKind.SCALE: _step,
        QuestionKind.NUMBER: _number,
        QuestionKind.DATE: _day,
        QuestionKind.TEXT: _text,
        QuestionKind.STATEMENT: _read_out,
    }[QuestionKind(question.kind)]
    return read(question, value)


def is_critical(question: Question, value: Any) -> bool:
    """Whether an answer (as `check_answer` returns it) says that something is wrong."""
    if value is None:
        return False
    chosen = value if isinstance(value, list) else [value]
    if any(option.critical and option.code in chosen for option in question.options):
        return True
    if question.kind in BOUNDED:
        return _within(question.critical, Decimal(str(value)))
    return value in question.critical.answers if isinstance(value, str) else False


def score(content: Content, answers: Answers) -> Decimal | None:
    """The weighted mean, from 0 to 100, of what the scored questions on the way were answered; None without one."""
    scored = [one for one in path(content, answers) if one.weight and answers.get(one.code) is not None]
    weights = sum(question.weight for question in scored)
    if not weights:
        return None
    points = sum((question.weight * _points(question, answers[question.code]) for question in scored), Decimal())
    return round(points / weights, 1)


def in_words(question: Question, value: Any) -> str:
    """An answer as people read it."""
    if value is None:
        return _("passed over")
    words = {option.code: option.label for option in question.options}
    if question.kind == QuestionKind.YES_NO:
        words = {YES: pgettext("yes or no", "Yes"), NO: pgettext("yes or no", "No")}
    if question.kind == QuestionKind.STATEMENT:
        return _("read out")
    chosen = value if isinstance(value, list) else [value]
    return pgettext("between words of a list", ", ").join(words.get(str(one), str(one)) for one in chosen)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; what `values` lacks stays as it is, what they contain is not looked
    at again."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def wrong_placeholders(text: str) -> list[str]:
    """What stands in braces and nothing fills, and braces that are not closed or full-width."""
    unknown = [found for found in PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]
    stray = sorted(set(PLACEHOLDER.sub("", text)) & set("{}｛｝"))
    return [*(f"{{{name}}}" for name in dict.fromkeys(unknown)), *stray]


def _one_of(question: Question, value: Any) -> str:
    if not isinstance(value, str) or value not in question.values:
        raise ValidationError(_("“%(value)s” is no answer to choose here.") % {"value": str(value)[:40]})
    return value


def _several_of(question: Question, value: Any) -> list[str]:
    given = [_one_of(question, one) for one in (value if isinstance(value, list | tuple) else [value])]
    return [code for code in question.values if code in given]


def _step(question: Question, value: Any) -> int:
    text = str(value).translate(WIDE).strip()
    if isinstance(value, bool) or text not in SCALE:
        raise ValidationError(_("Please choose a whole number from 1 to 5."))
    return int(text)


def _number(question: Question, value: Any) -> str:
    text = str(value).translate(WIDE).replace(",", "").strip()
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite():
        raise ValidationError(_("“%(value)s” is no number.") % {"value": str(value)[:40]})
    if abs(found) > LARGEST:
        raise ValidationError(_("This number is too large."))
    plain = f"{round(found, 10) + 0:f}"  # + 0: there is no minus zero
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _day(question: Question, value: Any) -> str:
    try:
        return dt.date.fromisoformat(str(value).strip()).isoformat()
    except ValueError as error:
        raise ValidationError(_("“%(value)s” is no day of the calendar.") % {"value": str(value)[:40]}) from error


def _text(question: Question, value: Any) -> str | None:
    if not isinstance(value, str) or "\0" in value:
        raise ValidationError(_("This text cannot be kept."))
    text = value.strip()
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("A text has at most %(most)s characters.") % {"most": LONGEST_TEXT})
    if not text and not question.optional:
        raise ValidationError(_("This question needs an answer."))
    return text or None


def _read_out(question: Question, value: Any) -> str:
    if value != READ:
        raise ValidationError(_("A statement is read out; it has no other answer."))
    return READ


def _within(critical: Critical, value: Decimal) -> bool:
    low, high = critical.at_least, critical.at_most
    if low is not None and high is not None and low <= high:
        return low <= value <= high
    return (low is not None and value >= low) or (high is not None and value <= high)


def _points(question: Question, value: Any) -> Decimal:
    if question.kind == QuestionKind.SCALE:
        return Decimal(int(value) - 1) * 25
    if question.kind == QuestionKind.YES_NO:
        return Decimal(100 if value == YES else 0)
    return Decimal(next((option.points for option in question.options if option.code == value), 0))
