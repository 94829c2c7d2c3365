"""Callers whom the telephone system reports: a waiting enquiry for each, once, and gone when he hangs up."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import connection, transaction

from callbacks.calls.units import call_centre_unit
from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.numbers import next_number
from callbacks.enquiries.policies import is_vip
from callbacks.enquiries.workflow import ENQUIRIES
from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony.lines import line_of
from clients.profile.models import Client
from crm.audit.services import acting
from crm.events.services import publish

log = structlog.get_logger(__name__)

WAITING, MISSED = "enquiry.waiting", "enquiry.missed"


@transaction.atomic
def arrive(*, event: TelephonyEvent) -> Enquiry | None:
    """Somebody is on the line: a waiting enquiry, once for what the telephone system calls it.

    A number that belongs to exactly one client joins the enquiry to him. None where the firm has no call centre,
    which is logged.
    """
    _one_at_a_time(event.ref)
    known = Enquiry.objects.filter(telephony_ref=event.ref).first()
    if known is not None:
        return known
    unit = call_centre_unit()
    if unit is None:
        log.warning("caller_without_call_centre", ref=event.ref)
        return None
    at, client = event.occurred_at, _caller(event)
    pk, number = next_number(at)
    fields = {
        "pk": pk, "enquiry_no": number, "client": client, "line": event.line, "vip": is_vip(client, event.line),
        "unit": unit, "branch_id": client.branch_id if client else None, "arrived_at": at,
        "state": EnquiryState.WAITING, "phone_sealed": event.caller_sealed, "phone_digest": event.caller_digest,
        "phone_masked": event.caller_masked,
    }  # fmt: skip
    with acting(by=None):
        made, created = Enquiry.objects.get_or_create(telephony_ref=event.ref, defaults=fields)
    if created:
        publish(WAITING, {"enquiry": made.pk, "client": made.client_id, "vip": made.vip}, at=at)
        hang_up(ref=event.ref)
    return made


@transaction.atomic
def hang_up(*, ref: str) -> Enquiry | None:
    """The call `ref` is over, where the telephone system has said so: nobody waits any more. None when somebody had
    taken it, or it still goes on."""
    _one_at_a_time(ref)
    waiting = Enquiry.objects.select_for_update(of=("self",)).filter(telephony_ref=ref, state=EnquiryState.WAITING)
    found = waiting.first()
    ended_at = line_of(TelephonyEvent.objects.filter(ref=ref)).ended_at
    if found is None or ended_at is None:
        return None
    missed = ENQUIRIES.take(found, "miss", by=None, at=max(ended_at, found.arrived_at))
    publish(
        MISSED, {"enquiry": missed.pk, "client": missed.client_id, "waited": _seconds(missed, ended_at)}, at=ended_at
    )
    return missed


def _seconds(enquiry: Enquiry, ended_at: dt.datetime) -> int:
    return max(0, int((ended_at - enquiry.arrived_at).total_seconds()))


def _caller(event: TelephonyEvent) -> Client | None:
    """The one client to whom the caller's number belongs; None for a number of nobody or of several."""
    if event.caller_digest is None:
        return None
    main = Client.objects.filter(phone_digest=event.caller_digest).values("pk")
    more = Client.objects.filter(extra_phones__phone_digest=event.caller_digest).values("pk")
    found = list(Client.objects.filter(pk__in=main.union(more))[:2])
    return found[0] if len(found) == 1 else None


def _one_at_a_time(ref: str) -> None:
    """Who hangs up while his enquiry is being laid is found by whoever comes second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"enquiry-line:{ref}"])
