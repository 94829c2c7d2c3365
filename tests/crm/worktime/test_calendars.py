"""The calendar as a value: what the table says, kept for a while, dropped when a day changes."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from crm.worktime import services
from crm.worktime.calendars import calendar
from crm.worktime.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def days() -> None:
    services.extend(through=2028)
    calendar.forget()


def test_says_of_every_day_what_the_table_says() -> None:
    found = calendar()
    for day in CalendarDay.objects.all():
        assert (found.is_working(day.day), found.is_exchange_day(day.day)) == (day.working, day.exchange_open), day
    assert found.is_working(dt.date(2040, 1, 2))  # beyond the table: Monday to Friday
    assert not found.is_working(dt.date(2040, 1, 1))


def test_is_read_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert calendar() is calendar()


def test_is_dropped_when_a_day_changes(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    off = dt.date(2027, 2, 8)
    assert calendar().is_working(off)

    with django_capture_on_commit_callbacks(execute=True):
        services.put_day(by=None, day=CalendarDay(day=off, working=False, exchange_open=False))

    assert not calendar().is_working(off)
    assert not calendar().is_exchange_day(off)
    assert calendar().next_working_day(dt.date(2027, 2, 5)) == dt.date(2027, 2, 9)
