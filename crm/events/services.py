"""Business events: written with the change, delivered to every consumer exactly once in effect.

An event and its deliveries are rows of the transaction that changed something: they exist if and only if the change
does. After commit a Celery task is nudged; `sweep` finds what the nudge lost. The consumer's own writes and the mark
"delivered" are one transaction, so a worker killed in between leaves both undone and the next try does both.
The order of deliveries is not promised.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from crm.audit.services import acting
from crm.events.models import Delivery, Event
from crm.events.nudge import nudge_after_commit
from crm.events.registry import Consumer, all_consumers, consumers_of, find

log = structlog.get_logger(__name__)

DELIVER = "crm.events.deliver"
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
SWEPT_AT_ONCE = 500


def publish(name: str, payload: dict[str, Any], *, at: dt.datetime | None = None) -> Event:
    """Write an event into the running transaction and nudge its delivery after commit.

    `payload` is JSON; keep it small: ids, not rows. Raises RuntimeError outside a transaction, where an event could
    outlive a change that failed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs into the transaction of the change it speaks of")
    at = at or timezone.now()
    event = Event.objects.create(name=name, payload=payload, occurred_at=at)
    listeners = consumers_of(name)
    Delivery.objects.bulk_create(Delivery(event=event, consumer=known.name, next_try_at=at) for known in listeners)
    if listeners:
        nudge_after_commit(DELIVER, event.pk)
    return event


def deliver_event(event_id: int, *, at: dt.datetime | None = None) -> int:
    """Deliver one event to every consumer that is still due. Returns how many deliveries succeeded."""
    at = at or timezone.now()
    due = Delivery.objects.filter(event_id=event_id, delivered_at=None, next_try_at__lte=at).order_by("id")
    return sum(deliver(pk, at=at) for pk in due.values_list("pk", flat=True))


def deliver(delivery_id: int, *, at: dt.datetime | None = None) -> bool:
    """Let one consumer deal with one event, unless somebody else is at it. True when it is delivered now."""
    at = at or timezone.now()
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event")
        delivery = locked.filter(pk=delivery_id, delivered_at=None, next_try_at__lte=at).first()
        known = find(delivery.consumer) if delivery else None
        if delivery is None or known is None:
            return False
        delivery.tries += 1
        error = _handle(known, delivery.event)
        delivery.error = error
        if error:
            delivery.next_try_at = at + _pause(delivery.tries)
        else:
            delivery.delivered_at = at
        delivery.save(update_fields=["tries", "error", "next_try_at", "delivered_at"])
    return not error


def _handle(known: Consumer, event: Event) -> str:
    """Run the consumer in a savepoint. Returns what went wrong, empty when nothing did."""
    try:
        with transaction.atomic(), acting(by=None, event=event.pk, reason=f"{event.name} → {known.name}"):
            known.handle(event)
    except Exception as error:  # a consumer's mistake must not take the mark of the failure with it
        log.exception("event_consumer_failed", consumer=known.name, event_id=event.pk)
        return f"{type(error).__name__}: {error}"[:2000]
    return ""


def _pause(tries: int) -> dt.timedelta:
    """Half a minute after the first failure, doubled with each further one, an hour at most."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)


def sweep(*, at: dt.datetime | None = None) -> int:
    """Deliver what nudges lost and what is due again; first give late consumers their deliveries."""
    at = at or timezone.now()
    for known in all_consumers():
        if known.since is not None and _is_behind(known):
            catch_up(known.name, since=known.since, at=at)
    names = [known.name for known in all_consumers()]
    due = Delivery.objects.filter(delivered_at=None, next_try_at__lte=at, consumer__in=names)
    ids = list(due.order_by("next_try_at", "id").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    return sum(deliver(pk, at=at) for pk in ids)


def _is_behind(known: Consumer) -> bool:
    """Whether the first event a consumer should have has no delivery: catching up gives all of them at once."""
    first = Event.objects.filter(name=known.event, id__gte=known.since).order_by("id").first()
    return first is not None and not Delivery.objects.filter(event=first, consumer=known.name).exists()


def catch_up(consumer_name: str, *, since: int, at: dt.datetime | None = None) -> int:
    """Give a consumer deliveries for every event of its name from id `since` on that it has none for.

    Returns how many were added. The sweep delivers them. Raises KeyError for an unknown consumer.
    """
    known = find(consumer_name)
    if known is None:
        raise KeyError(consumer_name)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO crm_delivery (event_id, consumer, tries, next_try_at, error)
            SELECT id, %(consumer)s, 0, %(at)s, ''
            FROM crm_event
            WHERE name = %(event)s AND id >= %(since)s
            ORDER BY id
            ON CONFLICT (event_id, consumer) DO NOTHING
            """,
            {"consumer": known.name, "event": known.event, "since": since, "at": at or timezone.now()},
        )
        return int(cursor.rowcount)
