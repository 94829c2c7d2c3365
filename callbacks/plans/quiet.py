"""Whoever was reached is left in peace for a while: what waits for him and is less urgent is put off.

`sql/judging.py` does the same for calls that are made later.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from callbacks.calls.choices import CallState, ReasonState
from callbacks.calls.models import Call
from callbacks.plans.dates import quiet_until
from callbacks.queue.giving_back import own_hours_of
from callbacks.queue.placing import place
from callbacks.queue.rules import Rules, rules
from crm.worktime.arithmetic import SHANGHAI


@transaction.atomic
def put_off_lesser(*, call: Call, at: dt.datetime | None = None) -> int:
    """Put off the waiting calls to the client of `call`, who was reached by it, that are less urgent: until the quiet
    periods of their plans are over, never past their due. Returns how many.

    A call that the client has agreed upon an hour for stays where it is, and so does one of which some reason has no
    quiet period. Again, it changes nothing.
    """
    at, known = at or timezone.now(), rules()
    if not call.reached or call.client_id is None or call.ended_at is None:
        return 0
    lesser = Call.objects.filter(client=call.client_id, state=CallState.WAITING, rank__gt=call.rank)
    agreed = Q(outcome__reached=True, not_before__isnull=False)
    waiting = lesser.exclude(agreed).order_by("pk").select_for_update(of=("self",)).select_related("client__wishes")
    reached_on = call.ended_at.astimezone(SHANGHAI).date()
    return sum(_put_off(one, reached_on, known, at) for one in waiting)


def _put_off(call: Call, reached_on: dt.date, known: Rules, at: dt.datetime) -> bool:
    until = _quiet_until(call, reached_on, known)
    if until is None or until <= at or (call.not_before is not None and until <= call.not_before):
        return False
    where = place(known.calendar, own_hours_of(call, known), not_before=until, at=at)
    if call.hold:  # it is placed when it is freed, not before the period is over
        where = where._replace(not_before=until)
    Call.objects.filter(pk=call.pk).update(**where.fields())
    return True


def _quiet_until(call: Call, reached_on: dt.date, known: Rules) -> dt.datetime | None:
    """When the first of the reasons may be called about; None where one may be at once."""
    reasons = call.reasons.filter(state=ReasonState.OPEN).values_list("due_at", "plan__quiet_days")
    ends = [
        quiet_until(
            known.calendar,
            known.hours,
            reached_on=reached_on,
            due_on=due_at.astimezone(SHANGHAI).date(),
            quiet_days=days,
        )
        if days
        else None
        for due_at, days in reasons
    ]
    found = [end for end in ends if end is not None]
    return min(found) if found and len(found) == len(ends) else None
