"""What time does to the queue: calls open and close for dialling, leases run out, a new day forgets who skipped."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.queue import sql
from callbacks.queue.giving_back import own_hours_of
from callbacks.queue.placing import place
from callbacks.queue.rules import rules

log = structlog.get_logger(__name__)

AT_ONCE = 5_000  # rows a transaction, so that nobody waits long for a lock
ONE_BY_ONE = 500


def sweep(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Everything that is due at `at`. Returns how many calls were given back, opened and placed anew."""
    at = at or timezone.now()
    done = {
        "expired": _until_done(sql.EXPIRE, at),
        "opened": _until_done(sql.OPEN_USUAL, at),
        "placed": _place_anew(at),
    }
    if any(done.values()):
        log.info("queue_swept", **done)
    return done


def forget_passed(*, at: dt.datetime | None = None) -> int:
    """At the beginning of a day: who passed a call on may be given it again. Returns how many calls that concerned."""
    return _until_done(sql.FORGET_PASSED, at or timezone.now())


def _until_done(statement: str, at: dt.datetime) -> int:
    """Run a statement in portions until it finds nothing more."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"at": at, "most": AT_ONCE})
            changed = int(cursor.rowcount)
        total += changed
        if changed < AT_ONCE:
            return total


def _place_anew(at: dt.datetime) -> int:
    """Parties with hours of their own: those that open now, and those whose hours are over."""
    opens = Q(state=CallState.WAITING, ready=False, hold="", not_before__lte=at, own_hours=True)
    closes = Q(ready=True, own_hours=True, closes_at__lte=at)
    known, total = rules(), 0
    while True:
        with transaction.atomic():
            found = Call.objects.select_for_update(skip_locked=True, of=("self",)).filter(opens | closes)
            calls = list(found.select_related("client__wishes")[:ONE_BY_ONE])
            for call in calls:
                where = place(known.calendar, own_hours_of(call, known), not_before=call.not_before, at=at)
                for name, value in where.fields().items():
                    setattr(call, name, value)
            Call.objects.bulk_update(calls, ["ready", "not_before", "own_hours", "closes_at"])
        total += len(calls)
        if len(calls) < ONE_BY_ONE:
            return total
