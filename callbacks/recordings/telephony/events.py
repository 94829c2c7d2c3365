"""Taking in what the telephone system tells: each event is kept once, and what follows from all of a call's events is
worked out anew, so that neither order nor repetition matters."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from callbacks.calls.attempts import ANSWERED, ENDED, STARTED, note_on_line
from callbacks.calls.models import Attempt
from callbacks.recordings.choices import INBOUND, EventKind, EventSource
from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony import matching
from callbacks.recordings.telephony.lines import line_of
from callbacks.recordings.telephony.parsing import Told
from crm.audit.services import acting
from crm.events.services import publish
from crm.jobs import services as jobs
from crm.organisation.models import User
from crm.personal.hide import hide

CALLER = "client.phone"  # sealed and digested as clients' numbers are, so that a caller is found among them
INBOUND_EVENT, TOLD_EVENT = "telephony.inbound", "telephony.told"
FETCH = "recordings.fetch"
PEOPLE = ("agent", "to")


class Taken(enum.Enum):
    """What became of an event."""

    TAKEN = "taken"
    KNOWN = "known"
    UNMATCHED = "unmatched"


class Contradicts(Exception):
    """An event of this number came before and said something else."""


def take_in(told: Told, *, at: dt.datetime | None = None) -> Taken:
    """Keep an event of the telephone system and do what follows. The same event again changes nothing.

    A first ringing or waiting of a call that we do not know publishes `telephony.inbound` {ref, caller (masked), line,
    event}; every event of a call that is no try of ours publishes `telephony.told` {ref, kind, event}.
    Raises Contradicts.
    """
    with transaction.atomic(), acting(by=None, telephony=told.event_id):
        _one_at_a_time(told.ref)
        known = TelephonyEvent.objects.filter(event_id=told.event_id).first()
        if known is not None:
            if known.body_sha256 != told.body_sha256:
                raise Contradicts(told.event_id)
            return Taken.KNOWN
        attempt = matching.attempt_of(told.ref)
        event = _keep(told, attempt, source=EventSource.WEBHOOK, by=None, at=at or timezone.now())
        if told.kind == EventKind.RECORDING_READY and told.details.get("recording", {}).get("url"):
            jobs.request(FETCH, told.event_id, by=None, params={"event": event.pk}, at=event.received_at)
        if attempt is not None:
            follow(attempt)
            return Taken.TAKEN
        return _outside(event)


def enter(attempt: Attempt, kind: EventKind, *, by: User, at: dt.datetime, to: User | None = None) -> TelephonyEvent:
    """Keep what the person at the telephone says happened on the line of a try, and do what follows."""
    ref = _ref_of(attempt)
    with transaction.atomic(), acting(by=by):
        _one_at_a_time(ref)
        number = TelephonyEvent.objects.filter(ref=ref).count() + 1
        details = {"to": to.staff_no} if to else {}
        told = Told(f"{ref}:{number}", ref, number, kind, at, details=details)
        event = _keep(told, attempt, source=EventSource.MANUAL, by=by, at=at)
        follow(attempt, by=by)
    return event


def follow(attempt: Attempt, *, by: User | None = None) -> None:
    """Write into a try what all its events so far add up to."""
    line = line_of(TelephonyEvent.objects.filter(ref=_ref_of(attempt)))
    for kind, instant in ((STARTED, line.started_at), (ANSWERED, line.answered_at), (ENDED, line.ended_at)):
        if instant is not None:
            note_on_line(attempt, kind=kind, at=instant, hold_seconds=line.hold_seconds, by=by)


def _ref_of(attempt: Attempt) -> str:
    """What its events are kept under: the telephone system's number for it, else one of our own."""
    return attempt.telephony_ref or f"hand:{attempt.pk}"


def _keep(
    told: Told, attempt: Attempt | None, *, source: EventSource, by: User | None, at: dt.datetime
) -> TelephonyEvent:
    caller = hide(told.caller, purpose=CALLER)
    return TelephonyEvent.objects.create(
        event_id=told.event_id, ref=told.ref, sequence=told.sequence, kind=told.kind, occurred_at=told.occurred_at,
        received_at=at, source=source, by=by, attempt=attempt, line=told.line, details=_known(told.details),
        caller_sealed=caller.sealed, caller_digest=caller.digest, caller_masked=caller.masked,
        body_sha256=told.body_sha256,
    )  # fmt: skip


def _known(details: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the details: `agent` and `to` where they are a staff number: they may be a client's."""
    said = [details[name] for name in PEOPLE if name in details]
    staff = set(User.objects.filter(staff_no__in=said).values_list("staff_no", flat=True)) if said else set()
    return {name: value for name, value in details.items() if name not in PEOPLE or value in staff}


def _outside(event: TelephonyEvent) -> Taken:
    """An event of a call that is no try of ours: perhaps somebody who calls us."""
    enquiry = matching.enquiry_of(event.ref)
    arrivals = TelephonyEvent.objects.filter(ref=event.ref, kind__in=INBOUND).exclude(pk=event.pk)
    if enquiry is None and event.kind in INBOUND and not arrivals.exists():
        caller = {"ref": event.ref, "caller": event.caller_masked, "line": event.line, "event": event.pk}
        publish(INBOUND_EVENT, caller, at=event.occurred_at)
    publish(TOLD_EVENT, {"ref": event.ref, "kind": event.kind, "event": event.pk}, at=event.occurred_at)
    return Taken.UNMATCHED if enquiry is None else Taken.TAKEN


def _one_at_a_time(ref: str) -> None:
    """Until the transaction ends nobody else takes in an event of this call; the events themselves are never locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"telephony:{ref}"])
