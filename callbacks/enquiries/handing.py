"""Handing an enquiry on: offered to a colleague, his once he accepts; until then it stays with whom it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import HandOverState
from callbacks.calls.models import HandOver
from callbacks.enquiries import promises
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import TAKE, may_reassign, may_write
from callbacks.enquiries.workflow import ENQUIRIES
from callbacks.queue.supervising import ASSIGN
from clients.profile.models import Client
from crm.access.guards import check, refusal
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User

OFFERED, ACCEPTED = "enquiry.offered", "enquiry.handed_over"


@transaction.atomic
def offer(*, enquiry: Enquiry, to: User, reason: str, by: User, at: dt.datetime | None = None) -> HandOver:
    """Ask `to` to take over an enquiry for which `by` answers. Asked already, that offer is returned.

    Raises PermissionDenied when it is not his, ValidationError without a reason, for whoever cannot take it, or while
    somebody else is asked.
    """
    check(by, TAKE)
    at = at or timezone.now()
    stored = ENQUIRIES.locked(enquiry)
    if not may_write(stored, by):
        raise PermissionDenied(_("Somebody else answers for this enquiry."))
    standing = stored.hand_overs.filter(state=HandOverState.ASKED).select_related("to_user").first()
    if standing is not None:
        if standing.to_user_id == to.pk:
            return standing
        raise ValidationError(_("%(name)s is asked already.") % {"name": standing.to_user.name})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _check_receiver(stored, to, by, at)
    made = HandOver.objects.create(
        enquiry=stored, from_user=by, to_user=to, reason=" ".join(reason.split())[:300], asked_at=at
    )
    publish(OFFERED, {"hand_over": made.pk, "enquiry": stored.pk, "to": to.pk}, at=at)
    values = {"by": by.name, "number": stored.enquiry_no, "reason": made.reason}
    tell(
        users=[to],
        key=f"enquiry-offered:{made.pk}",
        text=lambda: _("%(by)s asks you to take over enquiry %(number)s: %(reason)s") % values,
        url=reverse("callbacks:enquiry-offers"),
        at=at,
    )
    return made


def _check_receiver(enquiry: Enquiry, to: User, by: User, at: dt.datetime) -> None:
    """Whoever takes it over must be in service, take enquiries, and see the client: he owes him what was promised."""
    if to.pk in (by.pk, enquiry.owner_id):
        raise ValidationError({"to": _("You have it already.")})
    _check_able(enquiry, to, at)


def _check_able(enquiry: Enquiry, to: User, at: dt.datetime) -> None:
    if not User.objects.in_service(timezone.localdate(at)).filter(pk=to.pk).exists():
        raise ValidationError({"to": _("%(name)s is not in service.") % {"name": to.name}})
    if not to.has_perm(TAKE):
        raise ValidationError({"to": refusal(TAKE)})
    if enquiry.client_id and not Client.objects.visible_to(to).filter(pk=enquiry.client_id).exists():
        raise ValidationError({"to": _("%(name)s does not see this client.") % {"name": to.name}})


@transaction.atomic
def accept(*, hand_over: HandOver, by: User, at: dt.datetime | None = None) -> Enquiry:
    """Take over what was offered: from now on `by` answers for it, and keeps what it promises.

    Accepted already, it stays so. Raises PermissionDenied for somebody else's offer, ValidationError for one that is
    over or an enquiry that is closed.
    """
    check(by, TAKE)
    at = at or timezone.now()
    enquiry = _enquiry_of(hand_over)
    offered = _mine(hand_over, by)
    if offered.state == HandOverState.ACCEPTED:
        return enquiry
    _check_stands(offered)
    _check_receiver(enquiry, by, offered.from_user, at)
    owed = promises.owed_by(enquiry)
    taken = ENQUIRIES.take(
        enquiry, "hand_over", by=by, at=at, reason=offered.reason,
        details={"from": enquiry.owner_id, "to": by.pk}, owner=by,
    )  # fmt: skip
    promises.hand_on(owed, to=by, at=at)
    _answer(offered, HandOverState.ACCEPTED, "", at)
    publish(ACCEPTED, {"enquiry": taken.pk, "from": offered.from_user_id, "to": by.pk}, at=at)
    values = {"by": by.name, "number": taken.enquiry_no}
    _tell_asker(offered, "accepted", lambda: _("%(by)s has taken over enquiry %(number)s.") % values, at)
    return taken


@transaction.atomic
def reassign(*, enquiry: Enquiry, to: User, reason: str, by: User, at: dt.datetime | None = None) -> Enquiry:
    """Give an enquiry in the scope of `by`, who assigns calls, to `to`, e.g. that of somebody who left. Both are told.

    What it promises goes along; an offer that stands is over. His already, it stays so. Raises PermissionDenied for
    who may not, ValidationError without a reason, for whoever cannot take it, or once it is closed.
    """
    check(by, ASSIGN)
    at = at or timezone.now()
    stored = ENQUIRIES.locked(enquiry)
    if not Enquiry.objects.visible_to(by).filter(pk=stored.pk).exists():
        raise PermissionDenied(refusal(ASSIGN))
    if stored.owner_id == to.pk:
        return stored
    if not may_reassign(stored, by):
        raise ValidationError(_("This enquiry is not open any more."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _check_able(stored, to, at)
    before, owed, why = stored.owner, promises.owed_by(stored), " ".join(reason.split())[:300]
    for standing in stored.hand_overs.select_for_update().filter(state=HandOverState.ASKED):
        _answer(standing, HandOverState.TAKEN_BACK, "", at)
    details = {"from": stored.owner_id, "to": to.pk}
    given = ENQUIRIES.take(stored, "hand_over", by=by, at=at, reason=why, details=details, owner=to)
    promises.hand_on(owed, to=to, at=at)
    publish(ACCEPTED, {"enquiry": given.pk, **details}, at=at)
    _tell_both(given, before, to, by, why, at)
    return given


def _tell_both(enquiry: Enquiry, before: User | None, to: User, by: User, why: str, at: dt.datetime) -> None:
    """Whoever answers for it from now on, and whoever did until now."""
    values = {"by": by.name, "number": enquiry.enquiry_no, "reason": why, "to": to.name}
    url, key = reverse("callbacks:enquiry", args=[enquiry.enquiry_no]), f"enquiry-given:{enquiry.pk}:{at.isoformat()}"
    tell(
        users=[to] if to != by else [],
        key=key,
        text=lambda: _("%(by)s has given you enquiry %(number)s: %(reason)s") % values,
        url=url,
        at=at,
    )
    tell(
        users=[before] if before and before != by else [],
        key=key,
        text=lambda: _("%(by)s has given your enquiry %(number)s to %(to)s: %(reason)s") % values,
        url=url,
        at=at,
    )


@transaction.atomic
def decline(*, hand_over: HandOver, reason: str, by: User, at: dt.datetime | None = None) -> HandOver:
    """Say no, and why: whoever asked is told and goes on answering for it. Raises as `accept`, and without a reason."""
    at = at or timezone.now()
    enquiry = _enquiry_of(hand_over)
    offered = _mine(hand_over, by)
    if offered.state == HandOverState.DECLINED:
        return offered
    _check_stands(offered)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _answer(offered, HandOverState.DECLINED, " ".join(reason.split())[:300], at)
    values = {"by": by.name, "number": enquiry.enquiry_no, "reason": offered.answer}
    _tell_asker(offered, "declined", lambda: _("%(by)s does not take over enquiry %(number)s: %(reason)s") % values, at)
    return offered


@transaction.atomic
def take_back(*, hand_over: HandOver, by: User, at: dt.datetime | None = None) -> HandOver:
    """Whoever asked needs nobody any more. Raises PermissionDenied for another's, ValidationError once answered."""
    at = at or timezone.now()
    _enquiry_of(hand_over)
    offered = _locked(hand_over)
    if offered.from_user_id != by.pk:
        raise PermissionDenied(_("Somebody else asked for this."))
    if offered.state != HandOverState.TAKEN_BACK:
        _check_stands(offered)
        _answer(offered, HandOverState.TAKEN_BACK, "", at)
    return offered


def _enquiry_of(hand_over: HandOver) -> Enquiry:
    """The enquiry that is offered, locked first, as every step does."""
    return ENQUIRIES.locked(Enquiry.objects.get(hand_overs=hand_over))


def _locked(hand_over: HandOver) -> HandOver:
    return HandOver.objects.select_for_update(of=("self",)).select_related("from_user").get(pk=hand_over.pk)


def _mine(hand_over: HandOver, by: User) -> HandOver:
    offered = _locked(hand_over)
    if offered.to_user_id != by.pk:
        raise PermissionDenied(_("Somebody else is asked."))
    return offered


def _check_stands(offered: HandOver) -> None:
    if offered.state != HandOverState.ASKED:
        raise ValidationError(_("This has been answered or taken back meanwhile."))


def _answer(offered: HandOver, state: HandOverState, words: str, at: dt.datetime) -> None:
    offered.state, offered.answered_at, offered.answer = state, at, words
    offered.save(update_fields=["state", "answered_at", "answer"])


def _tell_asker(offered: HandOver, how: str, text: Callable[[], str], at: dt.datetime) -> None:
    url = reverse("callbacks:enquiry", args=[offered.enquiry.enquiry_no]) if offered.enquiry else ""
    tell(users=[offered.from_user], key=f"enquiry-{how}:{offered.pk}", text=text, url=url, at=at)
