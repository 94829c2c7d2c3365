"""Next, and take this one: the two ways to a call.

A hundred people who press at once never get the same call and none waits for another: rows are locked with SKIP
LOCKED. One person who presses twice gets the same call: a lock on the person, then what he holds already. The claim
itself is a function in the database (migration 0003): one round trip, with plans that each session makes once.
"""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from typing import Any, NamedTuple

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState, Hold
from callbacks.calls.models import Call
from callbacks.calls.units import call_centre_unit
from callbacks.calls.workflow import CALLS
from callbacks.queue import sql
from callbacks.queue.eligibility import Caller, Facts, caller, may_override_hours, why_not, why_not_now
from callbacks.queue.rules import Rules, rules
from crm.access.guards import refusal
from crm.organisation.models import User
from crm.worktime.arithmetic import in_window

log = structlog.get_logger(__name__)

STALE = 20  # so many calls in a row whose stored eligibility is out of date are put right before somebody is told
RENEW_BELOW = 0.5  # of a lease: pressing again renews it when less is left


def current_call(user: User) -> Call | None:
    """What `user` works on: the call he claimed last, with its client."""
    return Call.objects.held_by(user).select_related("client", "branch", "unit").first()


def may_call_now(at: dt.datetime) -> bool:
    """Whether the usual hours allow a call at `at`."""
    known = rules()
    return in_window(known.calendar, at, known.hours)


def next_call(*, by: User, at: dt.datetime | None = None) -> Call | None:
    """The most urgent call that `by` may make now, claimed for him: by urgency, due time, age. None: there is none.

    What he works on already comes first, so that pressing twice gives the same call. Raises PermissionDenied for who
    makes no calls.
    """
    at = at or timezone.now()
    person, known = caller(by), rules()
    if not person.may_call:
        raise PermissionDenied(refusal("callbacks.work_calls"))
    for _turn in range(STALE):
        found = _probe(person, known, at)  # one statement: it claims wholly or not at all
        if found is None:
            return None
        if found.is_held:
            return _kept(found.pk, known, at)
        if found.is_claimed:
            return _known_by(found.pk)
        with suppress(ValidationError):  # somebody claimed or ended it meanwhile
            _put_right(found.pk, found.facts, known, at)
    log.warning("queue_eligibility_stale", user=by.pk, calls=STALE)
    return None


class Found(NamedTuple):
    """What the database found: held already, claimed now, or neither: its stored eligibility is out of date."""

    pk: int
    is_held: bool
    is_claimed: bool
    facts: Facts


def _probe(person: Caller, known: Rules, at: dt.datetime) -> Found | None:
    values: dict[str, Any] = {
        "user": person.pk,
        "people": sorted(person.ids),
        "pools": sorted(person.pools) if person.may_work else [],
        "hours": [False, True] if in_window(known.calendar, at, known.hours) else [True],
        "large": known.large_amount,
        "central": person.central,
        "at": at,
        "lease": at + known.lease,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.NEXT, values)
        row = cursor.fetchone()
    return Found(row[0], row[1], row[2], Facts(*row[3:])) if row[0] is not None else None


def _kept(pk: int, known: Rules, at: dt.datetime) -> Call:
    """What is held already; the lease is renewed where little is left of it."""
    soon = at + known.lease * RENEW_BELOW
    Call.objects.filter(pk=pk, lease_until__lt=soon).update(lease_until=at + known.lease)
    return _known_by(pk)


def _known_by(pk: int) -> Call:
    """The call by its key alone; whatever else is asked of it is read then."""
    return Call.from_db(connection.alias, ["id"], [pk])


@transaction.atomic
def _put_right(pk: int, facts: Facts, known: Rules, at: dt.datetime) -> None:
    """A call whose stored eligibility is out of date is stored as it is today; the next one is looked at."""
    call = Call.objects.get(pk=pk)
    if facts.wants_no_call:
        CALLS.take(call, "hold", by=None, at=at, hold=Hold.OPT_OUT, ready=False, details={"hold": Hold.OPT_OUT})
        return
    now_recused = [one for one in (facts.manager, facts.introducer) if one is not None]
    recused = sorted({*call.recused, *now_recused})
    if recused != sorted(call.recused):
        Call.objects.filter(pk=pk).update(recused=recused)
        return
    _route(call, facts, known, at)


def _route(call: Call, facts: Facts, known: Rules, at: dt.datetime) -> None:
    """A call that belongs to another unit goes there; one that nobody here may make waits for a decision."""
    centre = call_centre_unit() if facts.too_large(known) else None
    if centre is not None and centre.pk != call.unit_id:
        details = {"unit": centre.pk, "from": call.unit_id}
        CALLS.take(call, "route", by=None, at=at, unit=centre, assignee=None, details=details)
    elif call.assignee_id is not None:  # assigned to somebody who may not make it any more
        CALLS.take(call, "assign", by=None, at=at, assignee=None, details={"assignee": None, "from": call.assignee_id})
    else:
        CALLS.take(call, "hold", by=None, at=at, hold=Hold.NOBODY, ready=False, details={"hold": Hold.NOBODY})


@transaction.atomic
def take_call(*, call: Call, reason: str, by: User, out_of_hours: str = "", at: dt.datetime | None = None) -> Call:
    """Take a certain call: the client is on the line, or a supervisor decides so. `reason` says why.

    `call` comes from `visible_to(by)`. Outside the hours only an urgent check, by whoever may, with `out_of_hours`
    as the reason. Held by the person already, it is returned. Raises PermissionDenied or ValidationError in words.
    """
    at = at or timezone.now()
    locked = Call.objects.select_for_update(of=("self",)).select_related("client__wishes", "client__standing")
    call = locked.get(pk=call.pk)
    if call.state == CallState.CLAIMED and call.claimed_by_id == by.pk:
        return call
    CALLS.check(call, "take", by=by, reason=reason)
    known = rules()
    refused = why_not(Facts.of(call), caller(by), known)
    if refused and not _may_take_over(call, by, known):
        raise PermissionDenied(refused)
    _check_hours(call, known, by, out_of_hours, at)
    details = {"out_of_hours": out_of_hours[:200]} if out_of_hours else {}
    values: dict[str, Any] = {"call": call.pk, "user": by.pk, "verb": "take", "at": at, "lease": at + known.lease}
    with connection.cursor() as cursor:
        cursor.execute(sql.CLAIM, values | {"reason": reason.strip()[:300], "details": json.dumps(details)})
    call.refresh_from_db()
    return call


def _may_take_over(call: Call, by: User, known: Rules) -> bool:
    """Whether only the unit or the assignment stands against it, and `by` may decide over those in his scope."""
    if not by.has_perm("callbacks.take_calls"):
        return False
    facts = Facts.of(call)
    own = caller(by)
    return not (facts.wants_no_call or facts.recuses(own.ids) or (facts.too_large(known) and not own.central))


def _check_hours(call: Call, known: Rules, by: User, out_of_hours: str, at: dt.datetime) -> None:
    wishes = getattr(call.client, "wishes", None)
    own = known.own(wishes.call_days, wishes.call_from, wishes.call_until) if wishes else None
    refused = why_not_now(call, own, known, at)
    if refused is None:
        return
    if not may_override_hours(call, by):
        raise ValidationError(refused)
    if not out_of_hours.strip():
        raise ValidationError({"out_of_hours": _("Say why this cannot wait until the hours for calls.")})
