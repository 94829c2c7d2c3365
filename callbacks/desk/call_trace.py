"""What was done in a call, for whoever looks at it afterwards or from outside: answers, tries, steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from callbacks.calls.answers import question_of
from callbacks.calls.confidence import kept_from, withhold
from callbacks.calls.models import Answer, Attempt, Call, CallReason, OutcomeCode
from callbacks.calls.workflow import CALLS, NAME
from callbacks.desk.call_script import values_for
from callbacks.scripts.content import filled, in_words
from crm.organisation.models import User
from crm.web.figures import is_chinese
from crm.workflow.models import Transition

SEE_CRITICAL = "callbacks.view_concerns"


@dataclass(frozen=True)
class Said:
    """One answer in the trace; `is_hidden`: critical, and kept from whoever may be meant by it."""

    asked: str
    words: str
    note: str
    critical: bool
    is_hidden: bool
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Done:
    """One step of the call in words."""

    words: str
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Tried:
    """One try in words."""

    attempt: Attempt

    @property
    def talk(self) -> str:
        """How long they spoke: `2:05`."""
        seconds = self.attempt.talk_seconds
        return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"

    @property
    def outcome(self) -> str:
        return outcome_word(self.attempt.outcome) if self.attempt.outcome else ""

    @property
    def remarks(self) -> list[str]:
        """What goes with it: why outside the hours, why without a recording, what proves it."""
        one = self.attempt
        return [words for words in (one.out_of_hours, one.no_recording, one.evidence, one.note) if words]


@dataclass(frozen=True)
class Trace:
    answers: Sequence[Said]
    steps: Sequence[Done]
    is_kept: bool = False  # what was said is kept from whoever looks


def trace_of(call: Call, reasons: Sequence[CallReason], user: User) -> Trace:
    """Answers in the order in which they were given, and every step: two queries.

    A critical answer may be about the branch's own people: only who may see concerns, and who wrote it down, reads it.
    Where all that was said is kept from `user`, the call that is shown loses its note and finding too.
    """
    if kept_from(call, user):
        withhold(call)
        steps = Transition.objects.of(call, NAME).select_related("by")
        return Trace([], [_done(one) for one in steps], is_kept=True)
    answers = Answer.objects.filter(call=call).select_related("by").order_by("at", "id")
    steps = Transition.objects.of(call, NAME).select_related("by")
    values = values_for(call, reasons, user, clear=False)
    return Trace([_said(one, user, values) for one in answers], [_done(one) for one in steps])


def _said(answer: Answer, user: User, values: dict[str, str]) -> Said:
    question = question_of(answer)
    is_hidden = answer.critical and answer.by_id != user.pk and not user.has_perm(SEE_CRITICAL)
    return Said(
        asked=filled(question.text, values),
        words="" if is_hidden else in_words(question, answer.value),
        note="" if is_hidden else answer.note,
        critical=answer.critical and not is_hidden,
        is_hidden=is_hidden,
        by=answer.by.name,
        at=answer.at,
    )


def _done(step: Transition) -> Done:
    known = CALLS.steps.get(step.verb)
    return Done(str(known.label) if known else step.verb, step.reason, step.by.name if step.by else "", step.at)


def outcome_word(outcome: OutcomeCode) -> str:
    return outcome.label_zh if is_chinese() else outcome.label_en
