"""Unusual reading: every kind just below and at its limit, against a slow count of the same log in plain Python."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.contacts.models import FollowUp
from clients.oversight.services import tell_unusual
from clients.oversight.unusual import unusual_reading
from clients.profile.models import Client
from crm.audit.models import ReadLog
from crm.messaging.models import Notice
from crm.organisation.models import User
from tests.factories.clients import ServiceRecordFactory
from tests.factories.clients import client as client_of_firm
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

CHINA = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2026, 11, 20)
LIMITS = {"in_an_hour": 4, "reveals_a_day": 3, "outside_a_day": 6, "at_odd_hours": 2}


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.UNUSUAL_READING = LIMITS


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=CHINA)


def read(by: User, of: Client, when: dt.datetime, kind: str = "page") -> None:
    ReadLog.objects.create(at=when, by=by, kind=kind, subject="client", subject_no=of.client_no)


def found(first: dt.date = DAY, last: dt.date = DAY) -> list[tuple[str, str, int]]:
    return [(finding.person.staff_no, finding.kind, finding.number) for finding in unusual_reading(first, last)]


@pytest.fixture
def some() -> list[Client]:
    home = branch()
    return [client_of_firm(branch=home) for _number in range(7)]


@pytest.fixture
def agent() -> User:
    return person("call_centre_agent")


class TestKinds:
    def test_many_in_an_hour(self, some: list[Client], agent: User) -> None:
        for number, one in enumerate(some[:3]):
            read(agent, one, at(10, number))
            read(agent, one, at(10, 30))  # the same client again is no other client
        read(agent, some[3], at(11))
        assert found() == []
        read(agent, some[4], at(10, 59))
        assert found() == [(agent.staff_no, "in_an_hour", 4)]

    def test_many_reveals(self, some: list[Client], agent: User) -> None:
        for minute in range(2):
            read(agent, some[0], at(10, minute), "reveal")
        assert found() == []
        read(agent, some[0], at(17), "reveal")
        assert found() == [(agent.staff_no, "reveals_a_day", 3)]

    @pytest.mark.parametrize(("hour", "is_odd"), [(5, True), (6, False), (21, False), (22, True), (0, True)])
    def test_at_night(self, some: list[Client], agent: User, hour: int, is_odd: bool) -> None:
        for one in some[:2]:
            read(agent, one, at(hour, 30))
        assert found() == ([(agent.staff_no, "at_odd_hours", 2)] if is_odd else [])

    def test_for_whom_nothing_was_done(self, some: list[Client], agent: User) -> None:
        for hour, one in enumerate(some[:6]):
            read(agent, one, at(9 + hour))
        assert found() == [(agent.staff_no, "outside_a_day", 6)]

    def test_a_service_record_or_a_promise_is_the_work(self, some: list[Client], agent: User) -> None:
        for hour, one in enumerate(some[:7]):
            read(agent, one, at(9 + hour))
        assert found() == [(agent.staff_no, "outside_a_day", 7)]
        ServiceRecordFactory(client=some[0], staff=agent, occurred_at=at(23, 0, DAY + dt.timedelta(days=1)))
        assert found() == [(agent.staff_no, "outside_a_day", 6)]
        FollowUp.objects.create(
            client=some[1], what="x", due_at=at(12), owner=agent, created_at=at(10), created_by=agent
        )
        assert found() == []

    def test_own_clients_are_the_work(self, agent: User) -> None:
        manager = person("customer_manager")
        for hour in range(7):
            read(manager, client_of_firm(manager=manager), at(9 + hour))
        assert found() == []

    def test_lists_and_searches_do_not_count(self, agent: User) -> None:
        for _number in range(20):
            ReadLog.objects.create(at=at(23), by=agent, kind="search", subject="client", rows=50)
        assert found() == []


def test_the_furthest_above_its_limit_comes_first(some: list[Client], agent: User) -> None:
    other = person("call_centre_agent")
    for one in some[:2]:
        read(other, one, at(23))
    for minute in range(9):
        read(agent, some[0], at(10, minute), "reveal")
    read(agent, some[0], at(10, 0, DAY - dt.timedelta(days=1)), "reveal")
    findings = unusual_reading(DAY - dt.timedelta(days=1), DAY)
    assert [finding.kind for finding in findings] == ["reveals_a_day", "at_odd_hours"]
    assert findings[0].url.startswith("/oversight/reads/?kind=reveal&day=2026-11-20&by=")


def slow_count(reads: list[tuple[User, Client, dt.datetime, str]]) -> set[tuple[str, dt.date, str, int]]:
    """The same in plain Python, for clients of nobody for whom nothing was done."""
    groups: dict[tuple[Any, ...], set[Any]] = defaultdict(set)
    for number, (by, of, when, kind) in enumerate(reads):
        local = when.astimezone(CHINA)
        groups[by.staff_no, local.date(), "hour", local.hour].add(of.pk)
        groups[by.staff_no, local.date(), "outside_a_day", 0].add(of.pk)
        if kind == "reveal":
            groups[by.staff_no, local.date(), "reveals_a_day", 0].add(number)
        if local.hour >= 22 or local.hour < 6:
            groups[by.staff_no, local.date(), "at_odd_hours", 0].add(of.pk)
    numbers: dict[tuple[str, dt.date, str], int] = defaultdict(int)
    for (staff_no, day, kind, _hour), members in groups.items():
        name = "in_an_hour" if kind == "hour" else kind
        numbers[staff_no, day, name] = max(numbers[staff_no, day, name], len(members))
    return {(*key, number) for key, number in numbers.items() if number >= LIMITS[key[2]]}


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_a_slow_count(some: list[Client], seed: int) -> None:
    dice = random.Random(seed)
    people = [person("call_centre_agent") for _number in range(3)]
    reads = [
        (
            dice.choice(people),
            dice.choice(some),
            at(dice.randrange(24), dice.randrange(60), DAY - dt.timedelta(days=dice.randrange(4))),
            dice.choice(["page", "page", "reveal"]),
        )
        for _number in range(120)
    ]
    for one in reads:
        read(*one)
    findings = unusual_reading(DAY - dt.timedelta(days=5), DAY)
    assert {(f.person.staff_no, f.day, f.kind, f.number) for f in findings} == slow_count(reads)
    assert findings


class TestTold:
    def test_once_and_to_whoever_reads_the_log(self, some: list[Client], agent: User) -> None:
        compliance = person("compliance")
        person("general_manager")
        for one in some[:2]:
            read(agent, one, at(23))
        for _morning in range(2):
            assert tell_unusual(day=DAY, today=DAY + dt.timedelta(days=1)) == 1
        notice = Notice.objects.get()
        assert (notice.user, notice.url) == (compliance, "/oversight/unusual/")

    def test_nothing_is_not_told(self) -> None:
        person("compliance")
        assert tell_unusual(day=DAY, today=DAY) == 0
        assert not Notice.objects.exists()


def test_the_page(some: list[Client], agent: User, client: Any) -> None:
    today = dt.datetime.now(tz=CHINA).date()
    for one in some[:2]:
        read(agent, one, at(0, 5, today))
    client.force_login(person("auditor", is_demo=True))
    client.cookies["django_language"] = "en"
    text = client.get("/oversight/unusual/", {"days": "1"}).content.decode()
    assert agent.staff_no in text
    assert "Clients opened at night" in text
    assert "from 2 on" in text
    assert client.get("/oversight/unusual/", {"days": "x"}).status_code == 200
