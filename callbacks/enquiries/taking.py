"""The next caller on the line: VIP clients first, then who has waited longest."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import TAKE, units_of
from callbacks.enquiries.workflow import ENQUIRIES
from callbacks.recordings.telephony.adapters import telephony
from crm.access.guards import check
from crm.events.services import publish
from crm.organisation.models import User

TAKEN = "enquiry.taken"


@transaction.atomic
def take_next(*, by: User, at: dt.datetime | None = None) -> Enquiry | None:
    """The waiting enquiry that `by` takes now; the one he took already while nothing is written in it; None when
    nobody waits in his units.

    The telephone system is asked to put the caller through.

    Of two who ask at once nobody waits for the other, and none gets the other's. Raises PermissionDenied.
    """
    check(by, TAKE)
    at = at or timezone.now()
    _one_at_a_time(by)
    mine = Enquiry.objects.filter(owner=by, taken_by=by, state=EnquiryState.TAKEN, revision=0).exclude(telephony_ref="")
    holding = mine.order_by("-taken_at", "-pk").first()
    if holding is not None:
        return holding
    waiting = Enquiry.objects.filter(state=EnquiryState.WAITING, unit__in=[unit.pk for unit in units_of(by)])
    found = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("-vip", "arrived_at", "pk").first()
    if found is None:
        return None
    taken = ENQUIRIES.take(found, "take", by=by, at=at, owner=by, taken_by=by, taken_at=at)
    if taken.telephony_ref:
        telephony().answer(ref=taken.telephony_ref, by=by, at=at)
    publish(TAKEN, {"enquiry": taken.pk, "client": taken.client_id, "by": by.pk}, at=at)
    return taken


def _one_at_a_time(by: User) -> None:
    """Somebody who presses twice at once gets the same twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"enquiry:{by.pk}"])
