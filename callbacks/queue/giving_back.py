"""A claimed call goes back, always with its answers, note and tries: passed on, released, or its lease renewed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState, SkipReason
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call
from callbacks.calls.workflow import CALLS
from callbacks.queue.models import Skip
from callbacks.queue.placing import place
from callbacks.queue.rules import Rules, rules
from crm.organisation.models import User


def own_hours_of(call: Call, known: Rules) -> Any:
    """The hours that the client of a call named; None for one who named none."""
    wishes = getattr(call.client, "wishes", None)
    return known.own(wishes.call_days, wishes.call_from, wishes.call_until) if wishes else None


def back_in_the_queue(call: Call, *, at: dt.datetime, not_before: dt.datetime | None = None) -> dict[str, Any]:
    """What a call's columns become when nobody works on it any more; it may be dialled from `not_before` on."""
    known = rules()
    where = place(known.calendar, own_hours_of(call, known), not_before=not_before, at=at)
    free = {"claimed_by": None, "claimed_at": None, "lease_until": None, "live": False}
    return free | (where._replace(ready=where.ready and not call.hold).fields())


@transaction.atomic
def skip_call(*, call: Call, reason: str, note: str = "", by: User, at: dt.datetime | None = None) -> Call:
    """Pass the call on: it goes to somebody else, not to `by` before tomorrow. Counted, and the reason kept.

    Raises NotHeld for whoever does not hold it, ValidationError without a reason or while on the line.
    """
    at = at or timezone.now()
    if reason not in SkipReason.values:
        raise ValidationError({"reason": _("Say why you pass this call on.")})
    if reason == SkipReason.OTHER and not note.strip():
        raise ValidationError({"note": _("Say which reason.")})
    locked = locked_for(call, by)
    if locked.live:
        raise ValidationError(_("You are on the line. End the try first."))
    passed = sorted({*locked.passed_by, by.pk})
    fields = back_in_the_queue(locked, at=at) | {"passed_by": passed, "skips": locked.skips + 1}
    if reason == SkipReason.ACQUAINTED:  # tomorrow he knows the client still
        fields["recused"] = sorted({*locked.recused, by.pk})
    words = note.strip() or str(SkipReason(reason).label)
    done: Call = CALLS.take(locked, "skip", by=by, at=at, reason=words, details={"reason": reason}, **fields)
    Skip.objects.create(call=done, by=by, at=at, reason=reason, note=note.strip()[:200])
    return done


@transaction.atomic
def release_call(*, call: Call, by: User, at: dt.datetime | None = None) -> Call:
    """Give the call back to the queue with everything kept. Raises as `skip_call`."""
    at = at or timezone.now()
    locked = locked_for(call, by)
    if locked.live:
        raise ValidationError(_("You are on the line. End the try first."))
    back: Call = CALLS.take(locked, "release", by=by, at=at, **back_in_the_queue(locked, at=at))
    return back


@transaction.atomic
def renew_lease(*, call: Call, by: User, live: bool | None = None, at: dt.datetime | None = None) -> bool:
    """Work goes on: the lease begins anew. `live` says that he is (or is no longer) on the line, where known.

    False when the call is no longer his: somebody recalled it, or it was handed on.
    """
    at = at or timezone.now()
    fields: dict[str, Any] = {"lease_until": at + rules().lease}
    if live is not None:
        fields["live"] = live
    return bool(Call.objects.filter(pk=call.pk, state=CallState.CLAIMED, claimed_by=by).update(**fields))
