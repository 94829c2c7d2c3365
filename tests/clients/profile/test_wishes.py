"""Wishes: kept with the version that was opened; of two who edit at once, one is told."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, connections, transaction

from clients.profile.models import Client, ClientWishes
from clients.profile.wishes import CHANGED, FIELDS, ChangedMeanwhile, call_hours, opened_version, update_wishes
from crm.events.models import Event
from crm.organisation.models import User
from crm.worktime.arithmetic import Hours, Intervals
from crm.worktime.choices import DayRule
from tests.factories.clients import client
from tests.factories.people import person

EMPTY: dict[str, Any] = {name: getattr(ClientWishes(), name) for name in FIELDS}


def wishes(**fields: Any) -> dict[str, Any]:
    return EMPTY | fields


@pytest.fixture
def clerk(db: None) -> User:
    return person("counter_clerk")


@pytest.fixture
def one(clerk: User) -> Client:
    return client(branch=clerk.appointments.get().unit)


def keep(one: Client, by: User, version: int, **fields: Any) -> ClientWishes:
    return update_wishes(client=one, wishes=wishes(**fields), version=version, by=by)


@pytest.mark.django_db
class TestUpdate:
    def test_the_first_and_the_next_version(self, one: Client, clerk: User) -> None:
        keep(one, clerk, 0, preferred_name="陈先生", interests=["shares", "bonds"], opt_outs=["sms"])
        kept = keep(one, clerk, 1, preferred_name="陈总", interests=["shares"])

        kept.refresh_from_db()
        assert (kept.version, kept.preferred_name, kept.interests, kept.opt_outs) == (2, "陈总", ["shares"], [])
        assert [event.payload["version"] for event in Event.objects.filter(name=CHANGED).order_by("pk")] == [1, 2]
        assert opened_version(one, 1)["preferred_name"] == "陈先生"
        assert opened_version(one, 0) == EMPTY

    def test_nothing_new_is_nothing_written(self, one: Client, clerk: User) -> None:
        assert keep(one, clerk, 0).version == 0
        keep(one, clerk, 0, interests=["shares", "bonds"])
        assert keep(one, clerk, 0, interests=["bonds", "shares"]).version == 1
        assert Event.objects.filter(name=CHANGED).count() == 1
        kept: Any = ClientWishes.objects.get()
        assert kept.events.count() == 1

    def test_another_version_is_a_conflict(self, one: Client, clerk: User) -> None:
        keep(one, clerk, 0, needs="甲")
        with pytest.raises(ChangedMeanwhile) as conflict:
            keep(one, clerk, 0, needs="乙")
        assert (conflict.value.stored.version, conflict.value.stored.needs) == (1, "甲")
        assert ClientWishes.objects.get().needs == "甲"

    @pytest.mark.parametrize(
        ("start", "end"), [(dt.time(9), None), (None, dt.time(9)), (dt.time(9), dt.time(9)), (dt.time(12), dt.time(9))]
    )
    def test_hours_that_are_none(self, one: Client, clerk: User, start: dt.time | None, end: dt.time | None) -> None:
        with pytest.raises(ValidationError):
            keep(one, clerk, 0, call_from=start, call_until=end)
        with pytest.raises(IntegrityError), transaction.atomic():
            ClientWishes.objects.create(client=one, call_from=dt.time(12), call_until=dt.time(9))

    def test_own_hours_come_before_the_usual_ones(self, one: Client, clerk: User) -> None:
        usual = Hours(DayRule.WORKING, Intervals.of([["09:00", "12:00"], ["13:30", "20:00"]]))
        assert call_hours(None, usual) == usual
        kept = keep(one, clerk, 0, call_days="rest", call_from=dt.time(10), call_until=dt.time(11, 30))
        assert call_hours(kept, usual) == Hours(DayRule.REST, Intervals.of([["10:00", "11:30"]]))
        kept = keep(one, clerk, 1, call_days="any")
        assert call_hours(kept, usual) == Hours(DayRule.ANY, usual.intervals)

    @pytest.mark.parametrize("role", ["auditor", "region_head", "administrator"])
    def test_who_may_not(self, one: Client, role: str) -> None:
        with pytest.raises(PermissionDenied):
            keep(one, person(role), 0, needs="甲")

    def test_the_history_says_who(self, one: Client, clerk: User) -> None:
        keep(one, clerk, 0, needs="甲")
        kept: Any = ClientWishes.objects.get()
        assert kept.events.get().pgh_context["staff_no"] == clerk.staff_no


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [False, True])
def test_two_people_edit_one_client(begun: bool) -> None:
    """Two connections hold the same version; both save at once. One is kept, the other is told, nothing is mixed."""
    by = person("counter_clerk")
    one = client(branch=by.appointments.get().unit)
    version = 0
    if begun:
        version = keep(one, by, 0, needs="起").version
    ready, outcomes = threading.Barrier(2, timeout=30), dict[str, Any]()

    def edit(needs: str) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            outcomes[needs] = keep(one, by, version, needs=needs).version
        except ChangedMeanwhile as conflict:
            outcomes[needs] = conflict
        finally:
            connections.close_all()

    threads = [threading.Thread(target=edit, args=[needs]) for needs in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    stored = ClientWishes.objects.get()
    loser = next(outcome for outcome in outcomes.values() if isinstance(outcome, ChangedMeanwhile))
    winner = next(needs for needs, outcome in outcomes.items() if outcome == version + 1)
    assert len(outcomes) == 2
    assert (stored.needs, stored.version) == (winner, version + 1)
    assert (loser.stored.needs, loser.stored.version) == (winner, version + 1)
