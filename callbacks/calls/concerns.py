"""What a contact brings up that others must deal with: kept, told, and listed until they have taken it up."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ConcernKind, ConcernState
from callbacks.calls.freezing import script_of
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call, Concern
from callbacks.calls.telling import holders_of
from callbacks.scripts.document import Topic
from clients.profile.models import Client
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User

ACKNOWLEDGE = "callbacks.acknowledge_findings"
EVENTS = {
    ConcernKind.CRITICAL_ANSWER: "conduct.voiced",
    ConcernKind.COMPLAINT: "complaint.voiced",
    ConcernKind.MOVEMENT: "movement.reported",
}

# Questions about what staff did: by topic, and by code where the regulator names no topic.
CONDUCT_TOPICS = (Topic.STAFF_OPERATED, Topic.DISCRETIONARY_MANDATE)
CONDUCT_QUESTIONS = ("promised_return",)


@transaction.atomic
def raise_concern(
    *,
    kind: ConcernKind,
    said: str,
    by: User,
    call: Call | None = None,
    enquiry_id: int | None = None,
    client: Client | None = None,
    branch_id: int | None = None,
    question: str = "",
    asked: str = "",
    at: dt.datetime | None = None,
) -> Concern:
    """Keep what was brought up in a call (or, with `client` and `branch_id`, in an enquiry) and publish it.

    One concern for each question of a call: said once more with other words, these are added, and what was taken up
    waits to be taken up anew; risk control is told of movements. `by` is whoever wrote it down, and holds the call.
    """
    at, said = at or timezone.now(), said.strip()
    client = call.client if call else client
    branch_id = call.branch_id if call else client.branch_id if client else branch_id
    fresh = Concern(
        kind=kind, call=call, enquiry_id=enquiry_id, client=client, branch_id=branch_id, question=question,
        asked=asked, said=said, at=at, by=by, about=_presumably(kind, call, question),
    )  # fmt: skip
    known = (
        Concern.objects.select_for_update().filter(call=call, kind=kind, question=question).first() if call else None
    )
    if known is not None and said in known.said.splitlines():
        return known
    concern = known or fresh
    concern.said = f"{known.said}\n{said}" if known else said
    if known is not None and known.state == ConcernState.ACKNOWLEDGED:
        _reopen(known)
    with acting(by=by):
        concern.save()
    publish(EVENTS[kind], {"concern": concern.pk, "call": concern.call_id, "client": concern.client_id}, at=at)
    if kind == ConcernKind.MOVEMENT:
        _tell_risk_control(concern, at)
    return concern


def _presumably(kind: ConcernKind, call: Call | None, question: str) -> User | None:
    """Whom a critical answer about what staff did concerns first: the client's manager. No more than a presumption."""
    if kind != ConcernKind.CRITICAL_ANSWER or call is None or call.client is None:
        return None
    asked = script_of(call).by_code.get(question)
    about_staff = asked is not None and (asked.topic in CONDUCT_TOPICS or asked.code in CONDUCT_QUESTIONS)
    return call.client.manager if about_staff else None


def _reopen(concern: Concern) -> None:
    """New words: it waits once more. Who had taken it up before, and with which remark, stays readable."""
    before = concern.acknowledged_by.name if concern.acknowledged_by else ""
    concern.acknowledged_note = f"{before}: {concern.acknowledged_note}" if concern.acknowledged_note else before
    concern.state, concern.acknowledged_at, concern.acknowledged_by = ConcernState.OPEN, None, None


@transaction.atomic
def voice_complaint(*, call: Call, said: str, by: User, at: dt.datetime | None = None) -> Concern:
    """The client complains in the call. Raises NotHeld for who does not hold it, ValidationError without words."""
    locked = locked_for(call, by)
    if not said.strip():
        raise ValidationError({"said": _("Write down what the client complains about.")})
    return raise_concern(kind=ConcernKind.COMPLAINT, call=locked, said=" ".join(said.split()), by=by, at=at)


@transaction.atomic
def acknowledge_concern(*, concern: Concern, note: str, by: User, at: dt.datetime | None = None) -> Concern:
    """Risk control takes up a report of an abnormal movement. Sent twice by the same person, it stays so.

    Raises PermissionDenied for who may not, and for other concerns, whose cases are opened by those who handle them;
    ValidationError when somebody else has taken it up.
    """
    check(by, ACKNOWLEDGE)
    locked = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if locked.kind != ConcernKind.MOVEMENT:
        raise PermissionDenied(_("This is taken up where conduct and complaints are handled."))
    if locked.state == ConcernState.ACKNOWLEDGED:
        if locked.acknowledged_by_id == by.pk:
            return locked
        raise ValidationError(_("Somebody else has taken this up already."))
    locked.state, locked.acknowledged_at = ConcernState.ACKNOWLEDGED, at or timezone.now()
    locked.acknowledged_by = by
    locked.acknowledged_note = "\n".join(part for part in (locked.acknowledged_note, note.strip()) if part)
    with acting(by=by):
        locked.save()
    return locked


def _tell_risk_control(concern: Concern, at: dt.datetime) -> None:
    number = concern.client.client_no if concern.client else "–"
    values = {"number": number, "said": concern.said.splitlines()[-1]}
    tell(
        users=holders_of(ACKNOWLEDGE, day=timezone.localdate(at)),
        key=f"movement:{concern.pk}:{at.isoformat()}",
        text=lambda: _("A check of an abnormal movement is reported: client %(number)s, %(said)s") % values,
        loud=True,
        at=at,
    )
