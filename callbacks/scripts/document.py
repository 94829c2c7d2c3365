"""What a version of a script is made of: questions in order, their answers, and which question follows which answer.

As JSON: `{"questions": [{"code", "kind", "text", "help", "options": [{"code", "label", "critical", "points", "next"}],
"topic", "required_by_regulation", "optional", "critical", "weight", "goto": [{"question", "in", "next"}], "next"}]}`;
whatever is at its default may be left out (`reading.py`). Answers are JSON too: `yes` or `no`, an option's code, a list
of codes, a whole number from 1 to 5, a number as text, a day (ISO), a text, `read` for a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

END = "end"  # the script is through
STOP = "stop"  # the talk is broken off: what was not asked stays unasked, and the call is not complete
READ = "read"  # the answer to a statement
YES, NO = "yes", "no"
SCALE = ("1", "2", "3", "4", "5")

Answers = Mapping[str, Any]  # by the question's code


class QuestionKind(models.TextChoices):
    YES_NO = "yes_no", pgettext_lazy("question", "Yes or no")
    SINGLE = "single", pgettext_lazy("question", "One answer")
    MULTIPLE = "multiple", pgettext_lazy("question", "Several answers")
    SCALE = "scale", pgettext_lazy("question", "Scale from 1 to 5")
    NUMBER = "number", pgettext_lazy("question", "Number")
    DATE = "date", pgettext_lazy("question", "Day")
    TEXT = "text", pgettext_lazy("question", "Free text")
    STATEMENT = "statement", pgettext_lazy("question", "Statement to read out")


CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)  # those with options of their own
DECIDING = (QuestionKind.YES_NO, QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SCALE)
BOUNDED = (QuestionKind.SCALE, QuestionKind.NUMBER)
SCORED = (QuestionKind.YES_NO, QuestionKind.SINGLE, QuestionKind.SCALE)


class Topic(models.TextChoices):
    """What a regulated callback asks (CSRC Announcement 2010 No. 11)."""

    IDENTITY = "identity", _("Identity")
    ACCOUNT_CHANGES = "account_changes", _("Account changes")
    STAFF_OPERATED = "staff_operated", _("Operation by branch or staff")
    RISKS_DISCLOSED = "risks_disclosed", _("Risks disclosed")
    DISCRETIONARY_MANDATE = "discretionary_mandate", _("Discretionary mandate")


# What may stand in a text, and what is put there on the call screen.
PLACEHOLDERS: dict[str, str | Promise] = {
    "name": _("the client's form of address"),
    "firm": _("the firm"),
    "branch": _("the branch"),
    "phone": _("the number to call back"),
    "agent": _("who calls"),
    "agent_no": _("staff number of who calls"),
    "manager": _("the client's customer manager"),
    "reason": _("why we call, in a sentence"),
}


@dataclass(frozen=True)
class Option:
    """One answer to choose. `next` is the code of the question that follows it, `end`, `stop`, or nothing."""

    code: str
    label: str
    critical: bool = False
    points: int = 0  # of 100, where the question is scored
    next: str = ""


@dataclass(frozen=True)
class Rule:
    """After this question goes on with `next` when `question` was answered with one of `among`."""

    question: str
    among: tuple[str, ...]
    next: str


@dataclass(frozen=True)
class Critical:
    """Answers that something is wrong, where no option says so: `yes`/`no`, or a figure within bounds."""

    answers: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True)
class Question:
    """One question, or statement, of a script. Where nothing else decides, the following one in the list follows."""

    code: str
    kind: str
    text: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    topic: str = ""
    required_by_regulation: bool = False
    optional: bool = False  # may be passed over without an answer
    critical: Critical = Critical()
    weight: int = 0  # of its score among the scored ones; 0: not scored
    goto: tuple[Rule, ...] = ()
    next: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """The answers that can be told apart when the script branches; none for open questions."""
        if self.kind in CHOICES:
            return tuple(option.code for option in self.options)
        return {QuestionKind.YES_NO: (YES, NO), QuestionKind.SCALE: SCALE}.get(QuestionKind(self.kind), ())


@dataclass(frozen=True)
class Content:
    """A script, or several that one call goes through one after the other (`joined`)."""

    parts: tuple[tuple[Question, ...], ...] = field(default=((),))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Each question once, in the order of the scripts."""
        return tuple(self.by_code.values())

    @cached_property
    def by_code(self) -> dict[str, Question]:
        found: dict[str, Question] = {}
        for part in self.parts:
            for question in part:
                found.setdefault(question.code, question)
        return found

    @property
    def topics(self) -> tuple[str, ...]:
        """The regulated topics that are asked somewhere in it, in their usual order."""
        asked = {question.topic for question in self.questions}
        return tuple(topic.value for topic in Topic if topic.value in asked)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a script, in words; `question` is the code of the one it is said at, empty for the whole."""

    question: str
    field: str
    words: str


class ContentError(ValueError):
    """A script that cannot be used; `faults` say why, each at its question, in the reader's language."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(" ".join(fault.words for fault in faults))
