"""What a supervisor does to calls: recall, urgency, withdraw, free, another form; to one as to a hundred thousand.

Each verb is a rule about `calls_chosen` (why a call is refused, whether it is as wanted already, what changes) and is
carried out by one statement that also writes the steps. Assigning has a module of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.attempts import leave_lines
from callbacks.calls.choices import CallState, Form, HandOverState, ReasonState
from callbacks.calls.models import Call, CallReason, HandOver
from callbacks.calls.units import call_centre_unit
from callbacks.calls.workflow import CALLS, NAME
from callbacks.queue.choosing import freeze
from callbacks.queue.refusals import NOT_OPEN, NOT_WAITING
from callbacks.queue.wishes import forbids_sql
from crm.access.guards import refusal
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.workflow.engine import LONGEST_REASON

ASSIGN = "callbacks.assign_calls"
STEERED = "calls.steered"
MOST_URGENT, LEAST_URGENT = 1, 999


@dataclass(frozen=True)
class Outcome:
    """What came of it: how many calls there were, how many changed, how many were as wanted already, how many were
    refused by which reason (codes of `refusals`)."""

    matched: int
    done: int = 0
    unchanged: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One verb as SQL over `ch`, a row of `calls_chosen`."""

    verb: str
    refused: str
    sets: str
    details: str
    same: str = "false"


BACK = "claimed_by_id = NULL, claimed_at = NULL, lease_until = NULL, live = false, ready = false, not_before = %(at)s"
# Where the phone was refused the call waits to be placed anew, as soon as the form is another.
# Never before the hour that was set for it: an appointment, the end of a quiet period.
OPEN_AGAIN = (
    "ready = false, "
    "not_before = CASE WHEN ch.state = 'waiting' THEN greatest(c.not_before, %(at)s) ELSE c.not_before END"
)
FORBIDDEN = forbids_sql(opt_outs="ch.opt_outs", kind="ch.kind", regulated="ch.regulated")

AMONG_OTHERS = "(SELECT count(*) FROM calls_chosen) > 1"
RECALL = Rule(
    "recall",
    f"CASE WHEN ch.state = '{CallState.WAITING}' THEN 'not_worked_on' "
    f"WHEN ch.live AND {AMONG_OTHERS} THEN 'on_the_line' "
    f"ELSE {NOT_OPEN} END",
    BACK,
    "jsonb_build_object('holder', ch.claimed_by_id)",
)
URGE = Rule(
    "urge",
    NOT_OPEN,
    "rank = %(rank)s::int",
    "jsonb_build_object('from', ch.rank, 'to', %(rank)s::int)",
    same="ch.rank = %(rank)s::int",
)
WITHDRAW = Rule(
    "withdraw",
    NOT_WAITING,
    "ready = false, closes_at = NULL, ended_at = %(at)s, ended_by_id = %(by)s",
    "'{}'::jsonb",
)
# Freed is what may be dialled by somebody. Where everybody of a branch is recused, the call centre calls.
FREE = Rule(
    "free",
    f"""CASE
        WHEN {NOT_WAITING} IS NOT NULL THEN {NOT_WAITING}
        WHEN ch.hold = '' THEN 'not_held'
        WHEN ch.form = '{Form.PHONE}' AND {FORBIDDEN} THEN 'opt_out'
        WHEN ch.hold = 'no_phone' AND ch.form = '{Form.PHONE}' AND coalesce(ch.phone, '') = '' THEN 'no_phone'
        WHEN ch.hold = 'nobody' AND (%(centre)s::bigint IS NULL OR ch.unit_id = %(centre)s::bigint) THEN 'nowhere'
    END""",
    "hold = '', ready = false, not_before = greatest(c.not_before, %(at)s), "
    "unit_id = CASE WHEN ch.hold = 'nobody' THEN %(centre)s::bigint ELSE c.unit_id END, "
    "assignee_id = CASE WHEN ch.hold = 'nobody' THEN NULL ELSE c.assignee_id END",
    "jsonb_build_object('hold', ch.hold, 'from', ch.unit_id)",
)
REFORM = Rule(
    "reform",
    f"""CASE
        WHEN {NOT_OPEN} IS NOT NULL THEN {NOT_OPEN}
        WHEN %(form)s = ANY (ch.opt_outs) THEN 'form_refused'
    END""",
    f"form = %(form)s, hold = CASE WHEN ch.hold IN ('opt_out', 'no_phone') THEN '' ELSE ch.hold END, {OPEN_AGAIN}",
    "jsonb_build_object('from', ch.form, 'to', %(form)s::text)",
    same="ch.form = %(form)s",
)

STEER = """
WITH judged AS (
    SELECT ch.id, {refused} AS why, ({same}) AS same FROM calls_chosen AS ch
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, ch.id, %(verb)s, ch.state, coalesce(%(to)s::text, ch.state), %(by)s, %(at)s, %(reason)s,
           {details}
    FROM calls_chosen AS ch JOIN judged USING (id) WHERE why IS NULL AND NOT same
), changed AS (
    UPDATE callbacks_call AS c SET state = coalesce(%(to)s::text, ch.state), {sets}
    FROM calls_chosen AS ch JOIN judged USING (id)
    WHERE c.id = ch.id AND why IS NULL AND NOT same
    RETURNING c.id
)
SELECT CASE WHEN why IS NOT NULL THEN why WHEN same THEN 'same' ELSE 'done' END AS came, count(*), array_agg(id)
FROM judged GROUP BY 1
"""


def recall(*, calls: QuerySet[Call], reason: str, by: User, at: dt.datetime | None = None) -> Outcome:
    """Put calls that somebody works on back into the queue; drafts and answers stay. Offers of them are taken back.

    One that is on the line is left out among many: only whoever chooses it alone means it, and its try ends with it.
    Raises PermissionDenied, and ValidationError without a reason, as all here do.
    """
    with transaction.atomic():
        outcome = _steer(RECALL, calls, by=by, at=at, reason=reason)
        _end_offers(outcome, at)
        leave_lines(calls=outcome.ids, by=by, at=at or timezone.now())
    return outcome


def urge(*, calls: QuerySet[Call], rank: int, reason: str, by: User, at: dt.datetime | None = None) -> Outcome:
    """Make open calls as urgent as `rank` says (lower is more urgent)."""
    if not MOST_URGENT <= rank <= LEAST_URGENT:
        raise ValidationError({"rank": _("The urgency is a number from 1 to 999.")})
    return _steer(URGE, calls, by=by, at=at, reason=reason, rank=rank)


@transaction.atomic
def withdraw(*, calls: QuerySet[Call], reason: str, by: User, at: dt.datetime | None = None) -> Outcome:
    """End waiting calls undone, with their reasons."""
    at = at or timezone.now()
    outcome = _steer(WITHDRAW, calls, by=by, at=at, reason=reason)
    ended = CallReason.objects.filter(call__in=outcome.ids, state=ReasonState.OPEN)
    ended.update(state=ReasonState.WITHDRAWN, ended_at=at)
    _end_offers(outcome, at)
    return outcome


def free(*, calls: QuerySet[Call], by: User, reason: str = "", at: dt.datetime | None = None) -> Outcome:
    """Let calls that are held back be made, where what held them is gone. Where everybody of a branch is recused, the
    call moves to the call centre."""
    centre = call_centre_unit()
    return _steer(FREE, calls, by=by, at=at, reason=reason, centre=centre.pk if centre else None)


def reform(*, calls: QuerySet[Call], form: str, reason: str, by: User, at: dt.datetime | None = None) -> Outcome:
    """Reach the parties by another form of contact; a call held back for the phone's sake waits again."""
    if form not in Form.values:
        raise ValidationError({"form": _("Please choose a form of contact.")})
    return _steer(REFORM, calls, by=by, at=at, reason=reason, form=form)


def _steer(
    rule: Rule, calls: QuerySet[Call], *, by: User, at: dt.datetime | None, reason: str, **values: Any
) -> Outcome:
    """Carry out one verb over the chosen calls, with its steps, in one statement."""
    step, at = CALLS.steps[rule.verb], at or timezone.now()
    if not by.has_perm(ASSIGN):
        raise PermissionDenied(refusal(ASSIGN))
    if step.needs_reason and not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    values |= {"workflow": NAME, "verb": rule.verb, "to": step.to}
    values |= {"by": by.pk, "at": at, "reason": reason.strip()[:LONGEST_REASON]}
    statement = STEER.format(refused=rule.refused, same=rule.same, sets=rule.sets, details=rule.details)
    with transaction.atomic(), acting(by=by, reason=reason.strip()):
        matched = freeze(calls, by)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            came = {code: (number, ids) for code, number, ids in cursor.fetchall()}
        done, ids = came.pop("done", (0, []))
        if done:
            publish(STEERED, {"verb": rule.verb, "calls": done}, at=at)
    same, _ids = came.pop("same", (0, []))
    return Outcome(matched, done, same, {code: number for code, (number, _some) in came.items()}, tuple(ids))


def _end_offers(outcome: Outcome, at: dt.datetime | None) -> None:
    """What was offered to a colleague is not on offer any more."""
    offers = HandOver.objects.filter(call__in=outcome.ids, state=HandOverState.ASKED)
    offers.update(state=HandOverState.TAKEN_BACK, answered_at=at or timezone.now())
