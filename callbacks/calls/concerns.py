"""What a contact brings up that others must deal with: kept, told, and listed until they have taken it up."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ConcernKind, ConcernState
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call, Concern
from callbacks.calls.telling import holders_of
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


@transaction.atomic
def raise_concern(
    *,
    kind: ConcernKind,
    said: str,
    by: User,
    call: Call | None = None,
    enquiry_id: int | None = None,
    client: Client | None = None,
    question: str = "",
    asked: str = "",
    at: dt.datetime | None = None,
) -> Concern:
    """Keep what was brought up in a call (or, with `client`, in an enquiry) and publish it; risk control is told.

    One concern for each question of a call: said once more with other words, these are added. `by` is whoever wrote
    it down, and holds the call.
    """
    at, said = at or timezone.now(), said.strip()
    client = call.client if call else client
    branch_id = call.branch_id if call else client.branch_id if client else None
    fresh = Concern(
        kind=kind, call=call, enquiry_id=enquiry_id, client=client, branch_id=branch_id, question=question,
        asked=asked, said=said, at=at, by=by,
    )  # fmt: skip
    known = (
        Concern.objects.select_for_update().filter(call=call, kind=kind, question=question).first() if call else None
    )
    if known is not None and said in known.said.splitlines():
        return known
    concern = known or fresh
    concern.said = f"{known.said}\n{said}" if known else said
    with acting(by=by):
        concern.save()
    publish(EVENTS[kind], {"concern": concern.pk, "call": concern.call_id, "client": concern.client_id}, at=at)
    if kind == ConcernKind.MOVEMENT:
        _tell_risk_control(concern, at)
    return concern


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
    locked.acknowledged_by, locked.acknowledged_note = by, note.strip()
    with acting(by=by):
        locked.save()
    return locked


def _tell_risk_control(concern: Concern, at: dt.datetime) -> None:
    words = _("A check of an abnormal movement is reported: client %(number)s, %(said)s")
    number = concern.client.client_no if concern.client else "–"
    tell(
        users=holders_of(ACKNOWLEDGE, day=timezone.localdate(at)),
        key=f"movement:{concern.pk}:{at.isoformat()}",
        text=words % {"number": number, "said": concern.said.splitlines()[-1]},
        loud=True,
        at=at,
    )
