"""Owners are told on the day and once it is overdue, each once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from clients.contacts.models import FollowUp
from clients.contacts.reminders import remind
from clients.contacts.tasks import remind as task
from clients.profile.models import Client
from crm.messaging.models import Notice
from crm.organisation.models import User
from tests.factories.care import promise
from tests.factories.people import StandInFactory, person

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 25, 0, 5, tzinfo=dt.UTC)  # 08:05 in Shanghai
AFTERNOON = MORNING + dt.timedelta(hours=7)
EVENING = MORNING + dt.timedelta(hours=10)


def told() -> list[tuple[str, bool]]:
    return [(notice.user.name, notice.is_loud) for notice in Notice.objects.select_related("user").order_by("pk")]


def test_on_the_day_and_once_overdue(someone: Client, manager: User) -> None:
    promise(someone, manager, due_at=AFTERNOON, what="回电话")

    assert remind(at=MORNING - dt.timedelta(days=1)) == 0
    assert (remind(at=MORNING), remind(at=MORNING + dt.timedelta(minutes=5))) == (1, 0)
    assert told() == [("周敏", False)]
    assert (remind(at=EVENING), remind(at=EVENING + dt.timedelta(days=3))) == (1, 0)
    assert told() == [("周敏", False), ("周敏", True)]
    assert "15:05" in Notice.objects.first().text  # type: ignore[union-attr]
    assert "回电话" in Notice.objects.first().text  # type: ignore[union-attr]


def test_what_was_overdue_before_anybody_looked_is_told_once_loudly(someone: Client, manager: User) -> None:
    promise(someone, manager, due_at=MORNING)
    assert (remind(at=EVENING), remind(at=EVENING)) == (1, 0)
    assert told() == [("周敏", True)]


def test_midnight_ends_the_day_in_shanghai(someone: Client, manager: User) -> None:
    promise(someone, manager, due_at=dt.datetime(2026, 11, 25, 15, 59, tzinfo=dt.UTC))
    promise(someone, manager, due_at=dt.datetime(2026, 11, 25, 16, 0, tzinfo=dt.UTC))
    assert remind(at=MORNING) == 1


def test_ended_ones_are_left_alone(someone: Client, manager: User) -> None:
    promise(someone, manager, due_at=MORNING, state="done", ended_at=MORNING, ended_by=manager)
    assert remind(at=EVENING) == 0


def test_a_new_owner_is_reminded_from_the_beginning(someone: Client, manager: User, clerk: User) -> None:
    made = promise(someone, manager, due_at=AFTERNOON)
    remind(at=MORNING)
    FollowUp.objects.filter(pk=made.pk).update(owner=clerk, reminded_at=None)
    remind(at=MORNING)
    assert told() == [("周敏", False), ("刘倩", False)]


def test_who_stands_in_is_told_too(someone: Client, manager: User) -> None:
    deputy = person("adviser", someone.branch, name="代一")
    StandInFactory(absent=manager, deputy=deputy, starts_on=dt.date(2026, 11, 25), ends_on=dt.date(2026, 11, 25))
    promise(someone, manager, due_at=AFTERNOON)
    remind(at=MORNING)
    assert sorted(told()) == [("代一", False), ("周敏", False)]


def test_the_task_asks_the_clock(someone: Client, manager: User) -> None:
    promise(someone, manager, due_at=timezone.now() - dt.timedelta(minutes=1))
    task()
    assert told() == [("周敏", True)]
