"""Handing a call on: offered to a colleague, his once he accepts; until then it stays where it is."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import HandOverState
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call, HandOver
from callbacks.calls.workflow import CALLS
from callbacks.queue.eligibility import Facts, caller, why_not
from callbacks.queue.rules import rules
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User

OFFERED, ACCEPTED = "call.offered", "call.handed_over"


@transaction.atomic
def offer(*, call: Call, to: User, reason: str, by: User, at: dt.datetime | None = None) -> HandOver:
    """Offer a call that `by` works on to `to`, who is told. Offered to him already, that offer is returned.

    Raises PermissionDenied when it is not his, ValidationError without a reason, for whoever may not make the call,
    or while another offer stands.
    """
    at = at or timezone.now()
    locked = locked_for(call, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    asked = HandOver.objects.filter(call=locked, state=HandOverState.ASKED)
    asked.filter(asked_at__lt=locked.claimed_at).update(state=HandOverState.TAKEN_BACK, answered_at=at)
    standing = asked.select_related("to_user").first()
    if standing is not None:
        if standing.to_user_id == to.pk:
            return standing
        raise ValidationError(_("This call is offered to %(name)s already.") % {"name": standing.to_user.name})
    _check_receiver(locked, to, by)
    made = HandOver.objects.create(call=locked, from_user=by, to_user=to, reason=reason.strip()[:300], asked_at=at)
    publish(OFFERED, {"hand_over": made.pk, "call": locked.pk, "to": to.pk}, at=at)
    values = {"by": by.name, "reason": made.reason}
    tell(
        users=[to],
        key=f"call-offered:{made.pk}",
        text=lambda: _("%(by)s hands a call over to you: %(reason)s") % values,
        url=reverse("callbacks:queue"),
        at=at,
    )
    return made


def _check_receiver(call: Call, to: User, by: User) -> None:
    if to.pk == by.pk:
        raise ValidationError({"to": _("You have it already.")})
    if not User.objects.in_service(timezone.localdate()).filter(pk=to.pk).exists():
        raise ValidationError({"to": _("%(name)s is not in service.") % {"name": to.name}})
    refused = why_not(Facts.of(call), caller(to), rules())
    if refused:
        raise ValidationError({"to": f"{to.name}: {refused}"})


@transaction.atomic
def accept(*, hand_over: HandOver, by: User, at: dt.datetime | None = None) -> Call:
    """Take over what was offered. The call is his from now on, with everything written in it.

    Accepted already, the call is returned. Raises PermissionDenied for somebody else's offer or whoever may not make
    the call any more, ValidationError for an offer that is over or a call that was on the line or is finished.
    """
    at = at or timezone.now()
    locked = Call.objects.select_for_update(of=("self",)).select_related("client__wishes")
    call = locked.get(pk=hand_over.call_id or 0)  # the call first, as everywhere
    offered = _mine(hand_over, by)
    if offered.state == HandOverState.ACCEPTED:
        return call
    _check_stands(offered)
    if not HandOver.objects.standing().filter(pk=offered.pk).exists():
        raise ValidationError(_("%(name)s does not work on this call any more.") % {"name": offered.from_user.name})
    if call.live:
        raise ValidationError(_("%(name)s is on the line.") % {"name": offered.from_user.name})
    refused = why_not(Facts.of(call), caller(by), rules())
    if refused:
        raise PermissionDenied(refused)
    details = {"from": offered.from_user_id, "to": by.pk}
    taken: Call = CALLS.take(
        call, "hand_over", by=by, at=at, reason=offered.reason, details=details,
        claimed_by=by, claimed_at=at, lease_until=at + rules().lease,
    )  # fmt: skip
    _answer(offered, HandOverState.ACCEPTED, "", at)
    if call.client is not None:  # from now on he sees name and phone, as with a claim
        record_read(
            by=by, kind=ReadKind.CLAIMED, subject="client", subject_no=call.client.client_no,
            fields=["name", "phone"], reason=f"callbacks.call {call.pk}", at=at,
        )  # fmt: skip
    publish(ACCEPTED, {"call": call.pk, **details}, at=at)
    return taken


@transaction.atomic
def decline(*, hand_over: HandOver, reason: str, by: User, at: dt.datetime | None = None) -> HandOver:
    """Say no, and why; whoever offered it is told and keeps the call. Raises as `accept`."""
    at = at or timezone.now()
    offered = _mine(hand_over, by)
    if offered.state == HandOverState.DECLINED:
        return offered
    _check_stands(offered)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _answer(offered, HandOverState.DECLINED, reason, at)
    values = {"by": by.name, "reason": offered.answer}
    tell(
        users=[offered.from_user],
        key=f"call-declined:{offered.pk}",
        text=lambda: _("%(by)s declines the call that you offered: %(reason)s") % values,
        url=reverse("callbacks:queue"),
        at=at,
    )
    return offered


@transaction.atomic
def take_back(*, hand_over: HandOver, by: User, at: dt.datetime | None = None) -> HandOver:
    """Withdraw an offer of one's own that nobody has answered. Raises ValidationError once it is answered."""
    offered = HandOver.objects.select_for_update(of=("self",)).visible_to(by).get(pk=hand_over.pk)
    if offered.from_user_id != by.pk:
        raise PermissionDenied(_("Only %(name)s can take this offer back.") % {"name": offered.from_user.name})
    if offered.state == HandOverState.TAKEN_BACK:
        return offered
    _check_stands(offered)
    _answer(offered, HandOverState.TAKEN_BACK, "", at or timezone.now())
    return offered


def _mine(hand_over: HandOver, by: User) -> HandOver:
    offered = HandOver.objects.select_for_update(of=("self",)).select_related("from_user").get(pk=hand_over.pk)
    if offered.to_user_id != by.pk:
        raise PermissionDenied(_("This was not offered to you."))
    return offered


def _check_stands(offered: HandOver) -> None:
    if offered.state != HandOverState.ASKED:
        raise ValidationError(_("This offer is over."), code="state")


def _answer(offered: HandOver, state: HandOverState, words: str, at: dt.datetime) -> None:
    offered.state, offered.answer, offered.answered_at = state, words.strip()[:300], at
    offered.save(update_fields=["state", "answer", "answered_at"])
