"""Movements beyond the daily limit: somebody wants them called after all, or settles them without a call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonState
from callbacks.calls.models import CallReason
from callbacks.plans.making import alone, call_listed
from callbacks.plans.workflow import ASSIGN, LISTED, VERBS
from crm.access.guards import check
from crm.events.services import publish
from crm.organisation.models import User

SETTLED = "calls.listed_settled"


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


def settle(
    *, reasons: Sequence[CallReason], verb: str, reason: str, by: User, at: dt.datetime | None = None
) -> list[CallReason]:
    """End listed reasons without a call: "settle" what was dealt with otherwise, "drop" what needs no call.

    `reasons` come from `visible_to(by)`; those that are no longer listed are passed by. Returns what was ended. Raises
    PermissionDenied, ValidationError without a reason.
    """
    check(by, ASSIGN)
    if verb not in VERBS:
        raise ValidationError(_("Say what became of it."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    at = at or timezone.now()
    with alone():
        waiting = CallReason.objects.filter(pk__in=[one.pk for one in reasons], state=ReasonState.LISTED)
        ended = [LISTED.take(one, verb, by=by, at=at, reason=reason, ended_at=at) for one in waiting.order_by("pk")]
        if ended:
            publish(SETTLED, {"verb": verb, "reasons": [one.pk for one in ended]}, at=at)
    return ended
