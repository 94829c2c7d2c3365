"""Who may write into a call: the one who holds it, while it lasts. Everything a call's work writes begins here."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.calls.workflow import WORK
from crm.access.guards import refusal
from crm.organisation.models import User


class NotHeld(PermissionDenied):
    """The call is not with whoever wants to write into it, or not any more; the text says so in words."""


def locked_for(call: Call, by: User) -> Call:
    """The call as it is now, locked until the transaction ends, when `by` holds it.

    Raises NotHeld, in words, when he does not (a lease that ran out, a recall, a call that has ended), and
    PermissionDenied for somebody who does not work on calls at all.
    """
    if not any(by.has_perm(name) for name in WORK):
        raise PermissionDenied(refusal(WORK[0]))
    locked = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
    if locked.state == CallState.CLAIMED and locked.claimed_by_id == by.pk:
        return locked
    raise NotHeld(why_not_held(locked))


def why_not_held(call: Call) -> str:
    """Why somebody who does not hold a call cannot write into it."""
    if not call.is_open:
        return _("This call has ended; it does not change any more.")
    if call.state == CallState.WAITING:
        return _("You do not hold this call any more: it waits for whoever takes it next.")
    return _("Somebody else works on this call now.")
