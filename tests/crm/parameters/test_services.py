"""Setting parameters: who may, what is refused, two at once, back to the default."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from crm.events.models import Event
from crm.organisation.models import User
from crm.parameters.models import Parameter
from crm.parameters.registry import value_of
from crm.parameters.services import CHANGED, ChangedMeanwhile, set_parameter
from crm.remembered import Remembered
from tests.factories.people import person

KEY = "callbacks.lease_minutes"
DEFAULTS = {
    "callbacks.windows": (("09:00", "12:00"), ("13:30", "20:00")),
    "callbacks.lease_minutes": 30,
    "callbacks.tries": 3,
    "callbacks.quiet_days": 7,
    "callbacks.cooldown_days": 90,
    "callbacks.movement_cap": 20,
    "callbacks.diamond_to_call_centre": False,
    "callbacks.large_to_headquarters": False,
    "callbacks.large_amount": Decimal(10_000_000),
    "callbacks.retention_years": 20,
    "callbacks.calls_a_day": 40,
    "callbacks.skips_shown": 3,
}


@pytest.fixture
def hq(db: None) -> User:
    return person("sales_trading_hq")


def put(by: User, value: Any, version: int, key: str = KEY) -> Parameter:
    stored = set_parameter(key=key, value=value, by=by, version=version, why="试行")
    Remembered.forget_all()
    return stored


@pytest.mark.django_db
class TestValueOf:
    @pytest.mark.parametrize(("key", "value"), DEFAULTS.items())
    def test_the_default_holds_until_somebody_sets_another(self, key: str, value: Any) -> None:
        assert value_of(key) == value

    def test_costs_one_query_in_some_seconds(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(1):
            for key in DEFAULTS:
                value_of(key)

    def test_an_unknown_one(self) -> None:
        with pytest.raises(KeyError):
            value_of("callbacks.nothing")

    def test_is_read_anew_after_the_commit(
        self, hq: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        assert value_of(KEY) == 30
        with django_capture_on_commit_callbacks(execute=True):
            set_parameter(key=KEY, value=45, by=hq, version=0)
        assert value_of(KEY) == 45


@pytest.mark.django_db
class TestSetParameter:
    def test_set_and_back_to_the_default(self, hq: User) -> None:
        assert put(hq, "45", 0).version == 1
        assert value_of(KEY) == 45
        assert put(hq, None, 1).version == 2
        assert value_of(KEY) == 30
        assert [event.payload for event in Event.objects.filter(name=CHANGED).order_by("pk")] == [
            {"key": KEY, "version": 1},
            {"key": KEY, "version": 2},
        ]
        stored: Any = Parameter.objects.get()
        assert (stored.changed_by, stored.value) == (hq, None)
        context = stored.events.order_by("-pgh_id").first().pgh_context
        assert (context["staff_no"], context["reason"]) == (hq.staff_no, "试行")

    def test_sent_twice_is_set_once(self, hq: User) -> None:
        put(hq, 45, 0)
        assert put(hq, 45, 0).version == 1
        assert put(hq, 30, 1).version == 2
        assert Event.objects.filter(name=CHANGED).count() == 2

    @pytest.mark.parametrize("value", [None, 30, "30"])
    def test_what_holds_already_is_not_written(self, hq: User, value: Any) -> None:
        assert put(hq, value, 0).version == 0
        assert not Parameter.objects.exists()

    def test_another_version_is_a_conflict(self, hq: User) -> None:
        put(hq, 45, 0)
        with pytest.raises(ChangedMeanwhile) as conflict:
            put(hq, 50, 0)
        assert conflict.value.stored.value == 45
        assert value_of(KEY) == 45

    def test_refused(self, hq: User) -> None:
        with pytest.raises(ValidationError, match="From 5 to 240"):
            put(hq, 1, 0)
        with pytest.raises(KeyError):
            put(hq, 1, 0, key="callbacks.nothing")
        for role in ("auditor", "call_centre_supervisor", "administrator"):
            with pytest.raises(PermissionDenied):
                put(person(role), 45, 0)
        assert not Parameter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_set_it_at_once() -> None:
    """Two connections opened the same version and save at once: one is kept, the other is told."""
    by = person("compliance")
    ready, outcomes = threading.Barrier(2, timeout=30), dict[int, Any]()

    def change(minutes: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            outcomes[minutes] = set_parameter(key=KEY, value=minutes, by=by, version=0).version
        except ChangedMeanwhile as conflict:
            outcomes[minutes] = conflict
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change, args=[minutes]) for minutes in (40, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    stored = Parameter.objects.get()
    winner = next(minutes for minutes, outcome in outcomes.items() if outcome == 1)
    loser = next(outcome for outcome in outcomes.values() if isinstance(outcome, ChangedMeanwhile))
    assert (stored.value, stored.version) == (winner, 1)
    assert loser.stored.value == winner
