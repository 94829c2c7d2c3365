"""Two workers at one delivery: one does it, the other steps aside."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from crm.events import registry, services
from crm.events.models import Delivery, Event

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_the_second_worker_steps_aside() -> None:
    begun, may_end = threading.Event(), threading.Event()
    calls = []

    def slow(event: Event) -> None:
        calls.append(event.pk)
        begun.set()
        assert may_end.wait(10)

    def first_worker() -> None:
        try:
            services.deliver_event(event.pk, at=NOON)
        finally:
            connection.close()

    registry.consumer("thing.happened", name="test.slow")(slow)
    try:
        with transaction.atomic():
            event = Event.objects.create(name="thing.happened", occurred_at=NOON)
            Delivery.objects.create(event=event, consumer="test.slow", next_try_at=NOON)
        worker = threading.Thread(target=first_worker)
        worker.start()
        assert begun.wait(10)
        assert services.deliver_event(event.pk, at=NOON) == 0
        may_end.set()
        worker.join(10)
    finally:
        registry.forget("test.slow")
    assert calls == [event.pk]
    assert Delivery.objects.get().delivered_at == NOON
