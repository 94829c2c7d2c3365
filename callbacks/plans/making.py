"""Making calls of a plan for an occasion: set-based, in one transaction, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from django.db import connection, transaction
from django.utils import timezone

from callbacks.calls.choices import ReasonState
from callbacks.calls.models import CallReason
from callbacks.calls.units import call_centre_unit
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Occasion
from callbacks.plans.pipeline import Order, added_up, judge, needs_centre, write
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User

log = structlog.get_logger(__name__)

MADE, LISTED = "calls.made", "calls.listed"
# One making at a time: two plans that meet the same client must see what the other made.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('callbacks.making'))"


class NoCallCentre(Exception):
    """A plan gives its calls to a call centre that the firm does not have: nobody is appointed to it."""


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else makes or ends calls by plans; a second one waits and then looks anew."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        yield


def make(*, plan: Plan, occasion: Occasion, by: User | None = None, at: dt.datetime | None = None) -> Making | None:
    """Make the calls of `plan` for `occasion`. The same occasion again gives what was made then.

    First those whose turn has come since an earlier day. None for a plan that pauses: what comes meanwhile is not made
    up for. `by` is None for the system. Raises NoCallCentre.
    """
    at = at or timezone.now()
    with alone(), acting(by=by, plan=plan.code, occasion=occasion.key):
        known = Making.objects.filter(plan=plan, key=occasion.key).first()
        if known is not None:
            return known
        plan = _current(plan)
        if plan.paused_at is not None:
            return None
        _check_centre(plan, occasion.day)
        _take_up_waiting(plan, occasion.day, at)
        return _carry_out(Order(plan, occasion, at), by)


def take_up(*, plan: Plan, day: dt.date, at: dt.datetime | None = None) -> Making | None:
    """Make calls of those who wait for their turn since earlier days, as many as the day's limit leaves room for.

    Once a day and plan. None where nobody waits, or the plan pauses.
    """
    at = at or timezone.now()
    with alone(), acting(by=None, plan=plan.code):
        plan = _current(plan)
        return _take_up_waiting(plan, day, at) if plan.paused_at is None else None


def call_listed(*, plan: Plan, reasons: Sequence[CallReason], by: User, day: dt.date, at: dt.datetime) -> Making:
    """Make calls of reasons that are on the list, beyond the day's limit: somebody wants it so."""
    ids = sorted(reason.pk for reason in reasons)
    key = f"listed:{min(ids)}-{max(ids)}:{at:%Y%m%dT%H%M%S%f}"
    with alone(), acting(by=by, plan=plan.code):
        plan = _current(plan)
        _check_centre(plan, day)
        return _carry_out(Order(plan, Occasion(key, day), at, waiting=ids, capped=False), by)


def _take_up_waiting(plan: Plan, day: dt.date, at: dt.datetime) -> Making | None:
    occasion = Occasion(f"turn:{day:%F}", day)
    waits = CallReason.objects.filter(plan=plan, state=ReasonState.LISTED, facts__has_key="turn")
    if not waits.exists():
        return None
    known = Making.objects.filter(plan=plan, key=occasion.key).first()
    return known or _carry_out(Order(plan, occasion, at, waiting=()), None)


def _current(plan: Plan) -> Plan:
    return Plan.objects.select_related("script").get(pk=plan.pk)


def _check_centre(plan: Plan, day: dt.date) -> None:
    if needs_centre(plan) and call_centre_unit(day) is None:
        raise NoCallCentre(plan.code)


def _carry_out(order: Order, by: User | None) -> Making:
    plan, occasion = order.plan, order.occasion
    counts = added_up(judge(order))
    making = Making.objects.create(plan=plan, key=occasion.key, day=occasion.day, counts=counts, at=order.at, by=by)
    write(order, making)
    publish(MADE, {"making": making.pk, "plan": plan.code, "counts": counts}, at=order.at)
    if counts["listed"] and order.waiting is None:
        publish(LISTED, {"making": making.pk}, at=order.at)
    log.info("calls_made", plan=plan.code, occasion=occasion.key, **counts)
    return making
