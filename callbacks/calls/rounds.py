"""A round that reached nobody: another try at another hour, and after the last one the end of the call."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.calls.choices import Identity
from callbacks.calls.hours import hours_for, propose_next
from callbacks.calls.laying import UNREACHABLE, UNREACHABLE_MAIL
from callbacks.calls.models import Attempt, Call, OutcomeCode
from callbacks.calls.telling import holders_of
from callbacks.calls.workflow import CALLS
from clients.contacts.messages import MessageRefused, send_to_client
from crm.messaging.models import MessageTemplate
from crm.messaging.services import tell
from crm.organisation.models import User
from crm.parameters.registry import value_of
from crm.web.figures import exact_time
from crm.worktime.arithmetic import in_window, next_opening
from crm.worktime.calendars import calendar

CHECK = "callbacks.assign_calls"  # who checks in the branch why nobody was reached
# In what order somebody is written to, and how the log says so.
WAYS = (
    (UNREACHABLE, gettext_lazy("The client was asked by SMS to call back.")),
    (UNREACHABLE_MAIL, gettext_lazy("The client was asked by e-mail to call back.")),
)
FARTHEST = dt.timedelta(days=60)  # later than that nobody makes an appointment


def is_last(call: Call, outcome: OutcomeCode) -> bool:
    """Whether this round, which reached nobody, is the last one."""
    return not outcome.reached and call.tries + 1 >= value_of("callbacks.tries")


def proposal(call: Call, *, at: dt.datetime) -> dt.datetime:
    """When to try again, for the dialog of the outcome: one query."""
    tries = list(Attempt.objects.filter(call=call).values_list("started_at", flat=True))
    return propose_next(tries, due=call.due_at, hours=hours_for(call), calendar=calendar(), now=at)


def check_time(call: Call, next_at: dt.datetime, at: dt.datetime) -> None:
    """Raises ValidationError, in words, for a time at which the party cannot be called."""
    hours = hours_for(call)
    if not at < next_at <= at + FARTHEST:
        raise ValidationError({"next_at": _("Choose a time within the next 60 days.")})
    if not in_window(calendar(), next_at, hours):
        opening = exact_time(next_opening(calendar(), next_at, hours))
        words = _("The client cannot be called then. The next time that can be is %(opening)s.")
        raise ValidationError({"next_at": words % {"opening": opening}})


def try_again(
    call: Call, outcome: OutcomeCode, *, next_at: dt.datetime, by: User, at: dt.datetime, details: dict[str, Any]
) -> Call:
    """Give the call back until `next_at`, with everything kept. Who could not be reached has one try less."""
    wishes = getattr(call.client, "wishes", None)
    back: Call = CALLS.take(
        call,
        "retry",
        by=by,
        at=at,
        details=details | {"next_at": next_at.isoformat()},
        claimed_by=None,
        claimed_at=None,
        lease_until=None,
        live=False,
        ready=False,
        not_before=next_opening(calendar(), next_at, hours_for(call)),
        own_hours=bool(wishes and (wishes.call_days or wishes.call_from)),
        closes_at=None,
        identity=Identity.UNCHECKED,  # whoever answers next time may be somebody else
        tries=call.tries + (not outcome.reached),
        outcome=outcome,
    )
    return back


def write_to_client(call: Call, *, by: User, at: dt.datetime) -> str:
    """Ask the client to call back, once for a call: by SMS, or by e-mail where no SMS can go. Returns what became of
    it, in words."""
    if call.client is None:
        return _("Not written to: the party is no client.")
    whys = []
    for code, done in WAYS:
        template = MessageTemplate.objects.filter(code=code).first()
        if template is None:
            whys.append(_("the template is missing"))
            continue
        try:
            send_to_client(client=call.client, template=template, by=by, key=f"call:{call.pk}:{code}", at=at)
        except (MessageRefused, PermissionDenied) as refusal:
            whys.append(str(refusal))
            continue
        return str(done)
    return _("Not written to: %(why)s") % {"why": " ".join(whys)}


def ask_branch_to_check(call: Call, *, by: User, url: str, at: dt.datetime) -> None:
    """Tell the client's manager, and who assigns calls in the branch, that nobody was reached."""
    if call.client is None:
        return
    people = set(holders_of(CHECK, day=timezone.localdate(at), branch=call.branch_id)) if call.branch_id else set()
    if call.client.manager is not None:
        people.add(call.client.manager)
    number = {"number": call.client.client_no}
    tell(
        users=people - {by},
        key=f"call-unreachable:{call.pk}",
        text=lambda: (
            _("Client %(number)s could not be reached. Please check the data and how else he can be reached.") % number
        ),
        url=url,
        at=at,
    )
