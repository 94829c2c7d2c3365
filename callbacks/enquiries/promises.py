"""What an enquiry promises to a client stands among the promises to him, so that its owner is reminded.

The enquiry is the one place where it is changed: here the promise follows. Of a caller nobody knows only the enquiry
has the time.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.enquiries.models import Enquiry
from clients.contacts import services
from clients.contacts.models import FollowUp
from clients.contacts.policies import keepers
from crm.organisation.models import User


class Owed(NamedTuple):
    """What an enquiry promises, to whom, and who keeps it."""

    client_id: int | None
    what: str
    due_at: dt.datetime | None
    owner_id: int | None


def owed_by(enquiry: Enquiry) -> Owed:
    """As the enquiry stands."""
    return Owed(enquiry.client_id, enquiry.promised, enquiry.due_at, enquiry.owner_id)


def follow(enquiry: Enquiry, before: Owed | None, *, by: User, at: dt.datetime) -> None:
    """Bring the promise in line after the enquiry was written or joined to a client: a new one in place of the old."""
    now = owed_by(enquiry)
    if before == now:
        return
    old = _open(before) if before else None
    if old is not None:
        reason = _("Promised anew in enquiry %(number)s.") % {"number": enquiry.enquiry_no}
        services.drop_promise(promise=old, reason=reason, by=by, at=at)
    if enquiry.client is not None and now.due_at is not None and now.due_at > at:
        able = keepers(enquiry.client, by, timezone.localdate(at))
        owner = able.filter(pk__in=[enquiry.owner_id]).first() or by  # he may not see the client while he is away
        services.promise(client=enquiry.client, what=now.what, due_at=now.due_at, owner=owner, by=by, at=at)


def keep(enquiry: Enquiry, *, by: User, at: dt.datetime) -> None:
    """The enquiry is closed: what it promised is kept."""
    promise = _open(owed_by(enquiry))
    if promise is not None:
        services.keep_promise(promise=promise, result=enquiry.answer, by=by, at=at)


def hand_on(before: Owed, *, to: User, at: dt.datetime) -> None:
    """Whoever takes the enquiry over keeps its promise from now on."""
    promise = _open(before)
    if promise is not None:
        services.hand_promise(promise=promise, owner=to, by=to, at=at)


def _open(owed: Owed) -> FollowUp | None:
    """The promise that is still to be kept; None where there is none, or somebody ended it on its own page."""
    if owed.client_id is None or owed.due_at is None:
        return None
    same = FollowUp.objects.open().filter(client_id=owed.client_id, what=owed.what, due_at=owed.due_at)
    # His own, else that of who stood in for him and promised it himself.
    return same.filter(owner_id=owed.owner_id).first() or same.filter(owner=F("created_by")).first()
