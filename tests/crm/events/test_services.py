from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from crm.events import registry, services, tasks
from crm.events.models import Delivery, Event
from crm.organisation.models import Unit
from tests.factories.units import BranchFactory

SEND = "crm.events.nudge.current_app.send_task"
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=2)


class Listener:
    """A consumer whose work is a row in the database: a unit named by the payload."""

    def __init__(self) -> None:
        self.broken = False
        self.calls = 0

    def __call__(self, event: Event) -> None:
        self.calls += 1
        BranchFactory(code=event.payload["code"], parent=None)
        if self.broken:
            raise ValueError("not today")

    @staticmethod
    def did(code: str) -> int:
        return Unit.objects.filter(code=code).count()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    registry.consumer("thing.happened", name="test.listener")(made)
    yield made
    registry.forget("test.listener")


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    sent: list[Any] = []
    monkeypatch.setattr("crm.events.nudge._silent_until", 0.0)
    monkeypatch.setattr(SEND, lambda name, args, **_options: sent.append((name, args)))
    return sent


@pytest.mark.django_db
class TestPublish:
    def test_event_and_one_delivery_a_consumer(self, listener: Listener) -> None:
        event = services.publish("thing.happened", {"code": "A"}, at=NOON)
        delivery = Delivery.objects.get(event=event)
        assert (delivery.consumer, delivery.next_try_at, delivery.delivered_at) == ("test.listener", NOON, None)

    def test_nobody_listens(self, nudges: list[Any], django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            event = services.publish("nobody.cares", {})
        assert event.pk
        assert nudges == []

    def test_nudged_after_commit(
        self, listener: Listener, nudges: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            event = services.publish("thing.happened", {"code": "A"})
            assert nudges == []
        assert nudges == [("crm.events.deliver", [event.pk])]

    def test_a_broker_that_is_away_harms_nothing(
        self, listener: Listener, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def away(*_args: Any, **_options: Any) -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr(SEND, away)
        monkeypatch.setattr("crm.events.nudge._silent_until", 0.0)
        with django_capture_on_commit_callbacks(execute=True):
            services.publish("thing.happened", {"code": "A"}, at=NOON)
        assert services.sweep(at=NOON) == 1
        assert Listener.did("A") == 1


@pytest.mark.django_db(transaction=True)
class TestTransaction:
    def test_refused_outside_a_transaction(self) -> None:
        with pytest.raises(RuntimeError, match="transaction"):
            services.publish("thing.happened", {})

    def test_a_change_taken_back_takes_the_event_with_it(self, listener: Listener, nudges: list[Any]) -> None:
        with transaction.atomic():
            services.publish("thing.happened", {"code": "A"})
            transaction.set_rollback(True)
        assert not Event.objects.exists()
        assert nudges == []


@pytest.mark.django_db
class TestDeliver:
    def test_work_and_mark_together(self, listener: Listener) -> None:
        event = services.publish("thing.happened", {"code": "A"}, at=NOON)
        assert services.deliver_event(event.pk, at=NOON) == 1
        assert Listener.did("A") == 1
        assert Delivery.objects.get().delivered_at == NOON

    def test_twice_is_once(self, listener: Listener) -> None:
        event = services.publish("thing.happened", {"code": "A"}, at=NOON)
        services.deliver_event(event.pk, at=NOON)
        assert services.deliver_event(event.pk, at=LATER) == 0
        assert services.sweep(at=LATER) == 0
        assert listener.calls == 1

    def test_failure_is_taken_back_noted_and_tried_again(self, listener: Listener) -> None:
        listener.broken = True
        event = services.publish("thing.happened", {"code": "A"}, at=NOON)
        assert services.deliver_event(event.pk, at=NOON) == 0
        delivery = Delivery.objects.get()
        assert Listener.did("A") == 0
        assert delivery.error == "ValueError: not today"
        assert delivery.next_try_at == NOON + services.FIRST_PAUSE
        assert services.sweep(at=NOON) == 0, "not before its time"
        listener.broken = False
        assert services.sweep(at=LATER) == 1
        delivery.refresh_from_db()
        assert (delivery.tries, delivery.error) == (2, "")
        assert Listener.did("A") == 1

    def test_one_broken_consumer_leaves_the_others_alone(self, listener: Listener) -> None:
        other = Listener()
        listener.broken = True
        registry.consumer("thing.happened", name="test.other")(lambda event: setattr(other, "calls", 1))
        try:
            event = services.publish("thing.happened", {"code": "A"}, at=NOON)
            assert services.deliver_event(event.pk, at=NOON) == 1
        finally:
            registry.forget("test.other")
        assert other.calls == 1

    def test_a_consumer_that_is_gone_is_left_lying(self) -> None:
        event = Event.objects.create(name="thing.happened", occurred_at=NOON)
        Delivery.objects.create(event=event, consumer="test.gone", next_try_at=NOON)
        assert services.deliver_event(event.pk, at=NOON) == 0
        assert services.sweep(at=NOON) == 0
        assert Delivery.objects.get().tries == 0

    def test_tasks_call_the_services(self, listener: Listener) -> None:
        first = services.publish("thing.happened", {"code": "A"})
        services.publish("thing.happened", {"code": "B"})
        tasks.deliver(first.pk)
        assert (Listener.did("A"), Listener.did("B")) == (1, 0)
        tasks.sweep()
        assert Listener.did("B") == 1


def test_pause_grows_to_an_hour() -> None:
    pauses = [services._pause(tries).total_seconds() for tries in (1, 2, 3, 7, 8, 5000)]
    assert pauses == [30, 60, 120, 1920, 3600, 3600]


@pytest.mark.django_db
class TestCatchUp:
    def test_a_late_consumer_gets_what_was_before(self) -> None:
        for code in "AB":
            services.publish("thing.happened", {"code": code}, at=NOON)
        services.publish("other.thing", {"code": "C"}, at=NOON)
        late = Listener()
        registry.consumer("thing.happened", name="test.late", since=0)(late)
        try:
            services.publish("thing.happened", {"code": "D"}, at=NOON)
            assert services.sweep(at=NOON) == 3
            assert services.sweep(at=LATER) == 0
        finally:
            registry.forget("test.late")
        assert [Listener.did(code) for code in "ABCD"] == [1, 1, 0, 1]

    def test_from_an_id_on(self, listener: Listener) -> None:
        Event.objects.create(name="thing.happened", payload={"code": "A"}, occurred_at=NOON)
        second = Event.objects.create(name="thing.happened", payload={"code": "B"}, occurred_at=NOON)
        assert services.sweep(at=NOON) == 0, "without `since` only what comes from now on"
        assert services.catch_up("test.listener", since=second.pk, at=NOON) == 1
        assert services.catch_up("test.listener", since=second.pk, at=NOON) == 0
        services.sweep(at=NOON)
        assert (Listener.did("A"), Listener.did("B")) == (0, 1)

    def test_unknown_consumer(self) -> None:
        with pytest.raises(KeyError):
            services.catch_up("test.nobody", since=0)


def test_a_name_is_taken_once(listener: Listener) -> None:
    with pytest.raises(ValueError, match=r"test\.listener"):
        registry.consumer("x", name="test.listener")(listener)
