"""What a client's wishes forbid, and what follows for the client's calls when they change.

"No calls" binds every call by phone; "no marketing" the courtesy ones alone: whoever complained, and whoever must be
called by regulation, is called all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from callbacks.calls.choices import CallState, Form, Hold, ReasonKind
from callbacks.calls.models import Call
from callbacks.calls.workflow import CALLS
from callbacks.queue.giving_back import own_hours_of
from callbacks.queue.placing import place
from callbacks.queue.rules import Rules, rules
from clients.profile.choices import OptOut

# What is offered for the client's sake or ours, where no rule asks for the call.
COURTESY = (ReasonKind.CORE, ReasonKind.DORMANT, ReasonKind.AT_RISK, ReasonKind.ASSIGNED)


def forbids(opt_outs: Collection[str], *, kind: str, regulated: bool) -> bool:
    """Whether a call by phone for this reason goes against the wishes."""
    return OptOut.PHONE in opt_outs or (OptOut.MARKETING in opt_outs and not regulated and kind in COURTESY)


def forbids_sql(*, opt_outs: str, kind: str, regulated: str) -> str:
    """`forbids` as a condition of SQL on three expressions; null where `opt_outs` is."""
    courtesy = ", ".join(f"'{one}'" for one in COURTESY)
    return (
        f"('{OptOut.PHONE}' = ANY ({opt_outs}) OR "
        f"('{OptOut.MARKETING}' = ANY ({opt_outs}) AND NOT {regulated} AND {kind} IN ({courtesy})))"
    )


@transaction.atomic
def follow_wishes(*, client: int, at: dt.datetime | None = None) -> int:
    """Bring the open calls to a client in line with the wishes as they are now: hours, and what is held for an opt-out.

    Returns how many calls were held or freed. Again, it changes nothing.
    """
    at, known = at or timezone.now(), rules()
    calls = Call.objects.open().filter(client=client).order_by("pk").select_for_update(of=("self",))
    return sum(_follow(call, known, at) for call in calls.select_related("client__wishes"))


def _follow(call: Call, known: Rules, at: dt.datetime) -> bool:
    """What is worked on keeps to its hold: that is looked at again when it is claimed anew."""
    own = own_hours_of(call, known)
    if call.state != CallState.WAITING:
        Call.objects.filter(pk=call.pk).update(own_hours=own is not None)
        return False
    was, call.hold = call.hold, _hold_of(call)
    where = place(known.calendar, own, not_before=call.not_before, at=at)
    if call.hold:  # it is placed when it is freed
        where = where._replace(ready=False, not_before=call.not_before, closes_at=None)
    if call.hold == was:
        Call.objects.filter(pk=call.pk).update(**where.fields())
        return False
    details, fields = {"hold": call.hold or was}, where.fields()
    CALLS.take(call, "hold" if call.hold else "free", by=None, at=at, details=details, hold=call.hold, **fields)
    return True


def _hold_of(call: Call) -> str:
    """What holds the call now. Holds of another kind stay."""
    if call.hold not in ("", Hold.OPT_OUT):
        return call.hold
    wishes = getattr(call.client, "wishes", None)
    opt_outs = wishes.opt_outs if wishes else ()
    if call.form == Form.PHONE and forbids(opt_outs, kind=call.kind, regulated=call.regulated):
        return Hold.OPT_OUT
    if not call.hold or call.form != Form.PHONE or _has_phone(call):
        return Hold.NONE
    return Hold.NO_PHONE


def _has_phone(call: Call) -> bool:
    return call.client is not None and (call.client.phone_sealed is not None or call.client.extra_phones.exists())
