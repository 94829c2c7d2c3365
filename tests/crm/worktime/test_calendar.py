from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from crm.worktime import decreed, selectors, services, tasks
from crm.worktime.models import CalendarDay

pytestmark = pytest.mark.django_db

D = dt.date


@pytest.fixture(autouse=True)
def calendar() -> None:
    """The table as the migrations lay it, also after a test that emptied the database."""
    services.extend(through=2028)


def test_seeded_from_2004_to_two_provisional_years() -> None:
    assert CalendarDay.objects.count() == (D(2029, 1, 1) - D(2004, 1, 1)).days
    assert not CalendarDay.objects.filter(provisional=True, day__lt=D(2027, 1, 1)).exists()
    assert not CalendarDay.objects.filter(provisional=False, day__gte=D(2027, 1, 1)).exists()


@pytest.mark.parametrize(
    ("day", "working", "exchange"),
    [
        (D(2026, 11, 20), True, True),  # an ordinary Friday
        (D(2026, 11, 22), False, False),  # a Sunday
        (D(2026, 10, 1), False, False),  # National Day
        (D(2026, 10, 10), True, False),  # make-up Saturday: worked, not traded
        (D(2024, 2, 9), True, False),  # New Year's Eve 2024: an official working day, exchange closed
        (D(2004, 1, 21), True, False),
        (D(2020, 1, 31), False, False),  # the Spring Festival that was prolonged
        (D(2028, 1, 3), True, True),  # provisional Monday
        (D(2028, 1, 1), False, False),  # provisional Saturday
        (D(1994, 3, 30), True, True),  # not in the table: a Wednesday
        (D(2031, 5, 4), False, False),  # not in the table: a Sunday
    ],
)
def test_working_and_exchange_days(day: dt.date, working: bool, exchange: bool) -> None:
    assert selectors.is_working_day(day) is working
    assert selectors.is_exchange_day(day) is exchange


@pytest.mark.parametrize(
    ("year", "days"), [(2010, 242), (2015, 244), (2019, 244), (2020, 243), (2021, 243), (2022, 242), (2023, 242)]
)
def test_exchange_days_of_known_years(year: int, days: int) -> None:
    """The numbers of trading days that the exchanges published."""
    assert len(selectors.exchange_days(D(year, 1, 1), D(year, 12, 31))) == days


def test_before_and_after_a_long_closure() -> None:
    assert selectors.previous_exchange_day(D(2024, 2, 19)) == D(2024, 2, 8)
    assert selectors.next_exchange_day(D(2024, 2, 8)) == D(2024, 2, 19)


def test_remarks_say_why() -> None:
    assert CalendarDay.objects.get(day=D(2026, 10, 1)).remark == "国庆节"
    assert CalendarDay.objects.get(day=D(2024, 2, 18)).remark == "春节调休上班"
    assert CalendarDay.objects.get(day=D(2024, 2, 9)).remark == "休市"
    assert CalendarDay.objects.get(day=D(2026, 11, 20)).remark == ""


def test_the_table_refuses_trade_on_a_weekend() -> None:
    with pytest.raises(IntegrityError, match="crm_calendar_no_weekend_trade"), transaction.atomic():
        CalendarDay.objects.filter(day=D(2026, 11, 22)).update(exchange_open=True)


class TestExtend:
    def test_adds_what_lacks_once(self) -> None:
        assert services.extend(through=2029) == 365
        assert services.extend(through=2029) == 0
        assert CalendarDay.objects.get(day=D(2029, 6, 1)).provisional

    def test_fills_a_hole_with_what_is_decreed(self) -> None:
        CalendarDay.objects.filter(day=D(2026, 10, 1)).delete()
        assert services.extend(through=2026) == 1
        assert not selectors.is_working_day(D(2026, 10, 1))

    def test_command(self) -> None:
        out = StringIO()
        call_command("calendar_extend", through=2030, stdout=out)
        assert "730" in out.getvalue()
        call_command("calendar_extend", stdout=out)

    def test_two_years_ahead(self) -> None:
        services.extend_ahead(today=D(2027, 1, 1))
        assert CalendarDay.objects.latest("day").day == D(2029, 12, 31)
        tasks.extend()


class TestWarning:
    def test_from_november_while_next_year_is_provisional(self) -> None:
        assert selectors.calendar_warning(D(2026, 10, 31)) == ""
        assert "2027" in selectors.calendar_warning(D(2026, 11, 1))

    def test_in_a_year_that_is_not_decreed(self) -> None:
        assert "2027" in selectors.calendar_warning(D(2027, 1, 4))

    def test_silent_once_the_year_is_loaded(self) -> None:
        """The notice names the exceptions; the other days of the year follow their weekday for good."""
        CalendarDay.objects.filter(day=D(2027, 1, 1)).update(working=False, exchange_open=False, provisional=False)
        assert services.settle_years(years=[2027, 2027]) == 364
        assert selectors.calendar_warning(D(2026, 12, 1)) == ""
        assert not selectors.is_working_day(D(2027, 1, 1))
        assert selectors.is_working_day(D(2027, 1, 4))


def test_provisional_rule() -> None:
    assert decreed.provisional(D(2027, 1, 2)) == (D(2027, 1, 2), False, False, True, "")
