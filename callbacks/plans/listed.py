"""Movements beyond the daily limit that somebody wants called after all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from callbacks.calls.models import CallReason
from callbacks.plans.making import call_listed
from crm.access.guards import check
from crm.organisation.models import User

ASSIGN = "callbacks.assign_calls"


@transaction.atomic
def call_after_all(*, reasons: Sequence[CallReason], by: User, at: dt.datetime | None = None) -> int:
    """Make calls of listed reasons, whatever the day's limit says. Returns how many reasons have a call now.

    `reasons` come from `visible_to(by)`, with their plans. Raises PermissionDenied, NoCallCentre.
    """
    check(by, ASSIGN)
    at, made = at or timezone.now(), 0
    ordered = sorted(reasons, key=lambda reason: (reason.plan_id or 0, reason.pk))
    for plan, group in groupby(ordered, key=lambda reason: reason.plan):
        if plan is not None:
            making = call_listed(plan=plan, reasons=list(group), by=by, day=timezone.localdate(at), at=at)
            made += making.counts["candidates"]
    return made
