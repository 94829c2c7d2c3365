"""Who may write into a call: the one who holds it, while it lasts. Everything a call's work writes begins here."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.calls.workflow import WORK
from crm.access.guards import refusal
from crm.organisation.models import User
from crm.parameters.registry import value_of


class NotHeld(PermissionDenied):
    """The call is not with whoever wants to write into it, or not any more; the text says so in words."""


def locked_for(call: Call, by: User) -> Call:
    """The call as it is now, locked until the transaction ends, when `by` holds it. Whoever writes into it works on it:
    its lease begins anew once less than half of it is left.

    Raises NotHeld, in words, when he does not (a lease that ran out, a recall, a call that has ended), and
    PermissionDenied for somebody who does not work on calls at all.
    """
    if not any(by.has_perm(name) for name in WORK):
        raise PermissionDenied(refusal(WORK[0]))
    locked = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
    if locked.state == CallState.CLAIMED and locked.claimed_by_id == by.pk:
        _renew(locked)
        return locked
    raise NotHeld(why_not_held(locked))


def _renew(call: Call) -> None:
    now, lease = timezone.now(), dt.timedelta(minutes=value_of("callbacks.lease_minutes"))
    if call.lease_until is not None and call.lease_until - now < lease / 2:
        call.lease_until = now + lease
        Call.objects.filter(pk=call.pk).update(lease_until=call.lease_until)


def why_not_held(call: Call) -> str:
    """Why somebody who does not hold a call cannot write into it."""
    if not call.is_open:
        return _("This call has ended; it does not change any more.")
    if call.state == CallState.WAITING:
        return _("You do not hold this call any more: it waits for whoever takes it next.")
    return _("Somebody else works on this call now.")
