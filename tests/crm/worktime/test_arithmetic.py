"""Reckoning with days and hours, against a slow twin that looks at one day, and one minute, after the other."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.worktime import arithmetic, decreed
from crm.worktime.arithmetic import Calendar, Hours, Intervals, closing, due_at, due_day, in_window, next_opening
from crm.worktime.choices import DayRule, DueUnit

D = dt.date
ZONE = ZoneInfo("Asia/Shanghai")
ALL = {day.day: day for day in decreed.days_of(2004, 2028)}
CALENDAR = Calendar(
    frozenset(day for day, as_is in ALL.items() if as_is.working != (day.weekday() < 5)),
    frozenset(day for day, as_is in ALL.items() if as_is.exchange_open != (day.weekday() < 5)),
)
USUAL = Intervals.of([["09:00", "12:00"], ["13:30", "20:00"]])
OFFICE = Hours(DayRule.WORKING, USUAL)

# Spring Festival with make-up weekends, National Day, an exchange closed on a working day, years not decreed.
REMARKABLE = [D(2026, 2, 10), D(2026, 9, 25), D(2024, 2, 4), D(2027, 9, 28), D(2026, 12, 25), D(2006, 1, 20)]
days = st.one_of(
    st.dates(D(2005, 1, 1), D(2027, 6, 1)),
    st.builds(lambda day, n: day + dt.timedelta(n), st.sampled_from(REMARKABLE), st.integers(0, 20)),
)
units = st.sampled_from(list(DueUnit))


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def open_on(day: dt.date, kind: str) -> bool:
    return bool(getattr(ALL[day], kind))


def slow_nth(day: dt.date, n: int, kind: str) -> dt.date:
    """The n-th day of a list of all days that count."""
    if n > 0:
        return [one for one in ALL if one > day and open_on(one, kind)][n - 1]
    if n < 0:
        return [one for one in ALL if one < day and open_on(one, kind)][n]
    return next(one for one in ALL if one >= day and open_on(one, kind))


@given(days, st.integers(-40, 40))
def test_working_and_trading_days_as_counted_one_by_one(day: dt.date, n: int) -> None:
    assert CALENDAR.add_working_days(day, n) == slow_nth(day, n, "working")
    assert CALENDAR.add_trading_days(day, n) == slow_nth(day, n, "exchange_open")
    assert CALENDAR.is_working(day) == open_on(day, "working")
    assert CALENDAR.is_exchange_day(day) == open_on(day, "exchange_open")


@given(days)
def test_ends_of_month_and_year(day: dt.date) -> None:
    month = [one for one in ALL if (one.year, one.month) == (day.year, day.month)]
    year = [one for one in ALL if one.year == day.year]
    assert CALENDAR.end_of_month(day) == month[-1]
    assert CALENDAR.end_of_year(day) == year[-1]
    assert CALENDAR.end_of_month(day, working=True) == [one for one in month if open_on(one, "working")][-1]
    assert CALENDAR.end_of_year(day, working=True) == [one for one in year if open_on(one, "working")][-1]


def slow_limit(base: dt.date, count: int, unit: str) -> dt.date:
    """The last day of a limit by the calendar, looked for among all days."""
    if unit == "days":
        return list(ALL)[list(ALL).index(base) + count]
    if unit == "end_of_year":
        return D(base.year + count, 12, 31)
    month = sorted({(day.year, day.month) for day in ALL}).index((base.year, base.month)) + count
    of_month = [day for day in ALL if (day.year - 2004) * 12 + day.month - 1 == month]
    return of_month[-1] if unit == "end_of_month" else ([d for d in of_month if d.day <= base.day] or of_month)[-1]


def slow_due(base: dt.date, count: int, unit: str) -> dt.date:
    if unit in ("working_days", "trading_days"):
        reached = slow_nth(base, count, "working" if unit == "working_days" else "exchange_open")
        return slow_nth(reached, 0, "working")
    limit = slow_limit(base, count, unit)
    between = [day for day in ALL if base <= day <= limit and open_on(day, "working")]
    return between[-1] if between else slow_nth(base, 1, "working")


@given(days, st.integers(0, 40), units)
def test_due_as_looked_for_day_by_day(base: dt.date, count: int, unit: str) -> None:
    count = min(count, 1) if unit == "end_of_year" else min(count, 14) if "month" in unit else count
    due = due_day(CALENDAR, base, count, unit)
    assert due == slow_due(base, count, unit)
    assert due >= base
    assert CALENDAR.is_working(due)
    assert due_at(CALENDAR, base, count, unit, USUAL) == dt.datetime.combine(due, dt.time(20), ZONE)


@pytest.mark.parametrize(
    ("base", "count", "unit", "due"),
    [
        (D(2026, 11, 25), 2, "working_days", D(2026, 11, 27)),
        (D(2026, 9, 29), 2, "working_days", D(2026, 10, 8)),  # over National Day: Thursday the 8th is worked
        (D(2026, 10, 9), 1, "working_days", D(2026, 10, 10)),  # the make-up Saturday counts
        (D(2026, 10, 9), 1, "trading_days", D(2026, 10, 12)),  # and is not traded
        (D(2024, 2, 8), 1, "trading_days", D(2024, 2, 19)),  # New Year's Eve, then the Spring Festival
        (D(2026, 1, 31), 1, "months", D(2026, 2, 28)),  # clipped; a make-up Saturday
        (D(2026, 9, 1), 1, "months", D(2026, 9, 30)),  # 1 October is a holiday: the last working day before
        (D(2026, 9, 26), 7, "days", D(2026, 9, 30)),
        (D(2026, 2, 16), 3, "days", D(2026, 2, 24)),  # began in the Spring Festival: no working day is left before
        (D(2026, 11, 2), 0, "end_of_month", D(2026, 11, 30)),
        (D(2026, 5, 3), 0, "end_of_month", D(2026, 5, 29)),  # the 31st is a Sunday
        (D(2028, 3, 1), 0, "end_of_year", D(2028, 12, 29)),  # a provisional year
        (D(2026, 10, 31), 0, "end_of_month", D(2026, 11, 2)),  # began on the last Saturday of the month
    ],
)
def test_known_limits(base: dt.date, count: int, unit: str, due: dt.date) -> None:
    assert due_day(CALENDAR, base, count, unit) == due


def test_no_limit_before_its_beginning() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        due_day(CALENDAR, D(2026, 11, 25), -1, "days")


minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: dt.time(minute // 60, minute % 60))
rules = st.sampled_from(list(DayRule))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.lists(minutes, min_size=2, max_size=6, unique=True)))
    spans = tuple(zip(edges[::2], edges[1::2], strict=False))
    return Hours(draw(rules), Intervals(spans))


def slow_in(moment: dt.datetime, hours: Hours) -> bool:
    worked = open_on(moment.date(), "working")
    if {"any": False, "working": not worked, "rest": worked}[hours.days]:
        return False
    return any(start <= moment.time() < end for start, end in hours.intervals.spans)


@given(days, minutes, hours(), st.integers(0, 59))
def test_windows_as_looked_at_minute_by_minute(day: dt.date, time: dt.time, hours: Hours, second: int) -> None:
    asked = dt.datetime.combine(day, time.replace(second=second), ZONE)
    assert in_window(CALENDAR, asked, hours) == slow_in(asked, hours)

    opening, shut = next_opening(CALENDAR, asked, hours), closing(CALENDAR, asked, hours)

    assert asked <= opening < shut
    assert slow_in(opening, hours)
    assert slow_in(shut - dt.timedelta(microseconds=1), hours)
    assert (opening == asked) == slow_in(asked, hours)
    # No window begins in between: every edge of a span before the opening is outside.
    between = (opening.date() - day).days
    edges = [
        dt.datetime.combine(day + dt.timedelta(n), s, ZONE)
        for n in range(between + 1)
        for s, _e in hours.intervals.spans
    ]
    assert not [edge for edge in edges if asked <= edge < opening and slow_in(edge, hours)]


@pytest.mark.parametrize(
    ("asked", "opens", "closes"),
    [
        ("2026-11-25 08:00", "2026-11-25 09:00", "2026-11-25 12:00"),
        ("2026-11-25 12:00", "2026-11-25 13:30", "2026-11-25 20:00"),  # the end is no longer in the window
        ("2026-11-25 19:59:59", "2026-11-25 19:59:59", "2026-11-25 20:00"),
        ("2026-09-30 20:00", "2026-10-08 09:00", "2026-10-08 12:00"),
        ("2026-10-09 20:00", "2026-10-10 09:00", "2026-10-10 12:00"),  # the make-up Saturday
    ],
)
def test_known_windows(asked: str, opens: str, closes: str) -> None:
    assert next_opening(CALENDAR, instant(asked), OFFICE) == instant(opens)
    assert closing(CALENDAR, instant(asked), OFFICE) == instant(closes)


def test_instants_of_other_zones() -> None:
    assert in_window(CALENDAR, dt.datetime(2026, 11, 25, 1, 0, tzinfo=dt.UTC), OFFICE)
    assert not in_window(CALENDAR, dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC), OFFICE)
    with pytest.raises(ValueError, match="time zone"):
        in_window(CALENDAR, dt.datetime(2026, 11, 25, 10), OFFICE)


class TestOwnHours:
    EVENING = (dt.time(19), dt.time(20, 30))

    def test_come_first(self) -> None:
        own = arithmetic.hours_of(OFFICE, days="rest", start=self.EVENING[0], end=self.EVENING[1])
        assert in_window(CALENDAR, instant("2026-11-22 19:30"), own)
        assert in_window(CALENDAR, instant("2026-10-01 19:30"), own)  # a holiday is a day off
        assert not in_window(CALENDAR, instant("2026-10-10 19:30"), own)  # the make-up Saturday is none
        assert not in_window(CALENDAR, instant("2026-11-25 19:30"), own)

    def test_left_unsaid_is_as_usual(self) -> None:
        assert arithmetic.hours_of(OFFICE) == OFFICE
        assert arithmetic.hours_of(OFFICE, days="any") == Hours(DayRule.ANY, USUAL)
        evening = arithmetic.hours_of(OFFICE, start=self.EVENING[0], end=self.EVENING[1])
        assert evening == Hours(DayRule.WORKING, Intervals((self.EVENING,)))


class TestIntervals:
    def test_texts_there_and_back(self) -> None:
        assert Intervals.of(USUAL.as_texts()) == USUAL
        assert str(USUAL) == "09:00–12:00, 13:30–20:00"

    @pytest.mark.parametrize(
        "spans",
        [[], [["12:00", "09:00"]], [["09:00", "12:00"], ["11:00", "13:00"]], [["09:00", "09:00"]], [["x", "y"]]],
    )
    def test_refused(self, spans: list[list[str]]) -> None:
        with pytest.raises(ValueError):
            Intervals.of(spans)
