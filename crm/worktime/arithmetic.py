"""Reckoning with working days, trading days and hours of the day. Pure: the calendar and every instant are handed in.

`crm.worktime.calendars.calendar()` reads the calendar. Hours are those of Asia/Shanghai; results are in that zone.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from crm.worktime.choices import DayRule, DueUnit
from crm.worktime.decreed import provisional

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = dt.timedelta(days=1)
DECEMBER = 12


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked and traded. Held are only the days that are not what their weekday says.

    `unusual_work`: holidays on a weekday and make-up working days; `unusual_trade`: weekdays without trading.
    """

    unusual_work: frozenset[dt.date] = frozenset()
    unusual_trade: frozenset[dt.date] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        """Whether `day` is worked, make-up weekends included."""
        return provisional(day).working != (day in self.unusual_work)

    def is_exchange_day(self, day: dt.date) -> bool:
        """Whether the exchanges trade on `day`."""
        return provisional(day).exchange_open != (day in self.unusual_trade)

    def next_working_day(self, day: dt.date) -> dt.date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def previous_working_day(self, day: dt.date) -> dt.date:
        """The last working day before `day`."""
        return self.add_working_days(day, -1)

    def add_working_days(self, day: dt.date, n: int) -> dt.date:
        """The n-th working day after `day`, before it where `n` is negative; for 0 `day` or the next one worked."""
        return _nth(self.is_working, day, n)

    def add_trading_days(self, day: dt.date, n: int) -> dt.date:
        """The n-th exchange day after `day`, before it where `n` is negative; for 0 `day` or the next one traded."""
        return _nth(self.is_exchange_day, day, n)

    def end_of_month(self, day: dt.date, *, working: bool = False) -> dt.date:
        """The last day of the month of `day`, or its last working day."""
        last = day.replace(day=monthrange(day.year, day.month)[1])
        return self.working_day_by(last) if working else last

    def end_of_year(self, day: dt.date, *, working: bool = False) -> dt.date:
        """The last day of the year of `day`, or its last working day."""
        return self.end_of_month(day.replace(month=DECEMBER, day=1), working=working)

    def working_day_by(self, day: dt.date) -> dt.date:
        """`day` where it is worked, else the last working day before it."""
        return self.previous_working_day(day + ONE_DAY)


def _nth(counts: Callable[[dt.date], bool], day: dt.date, n: int) -> dt.date:
    """Walk from `day` until `n` days that count were met."""
    step = ONE_DAY if n >= 0 else -ONE_DAY
    if n == 0:
        day, n = day - ONE_DAY, 1
    for _number in range(abs(n)):
        day += step
        while not counts(day):
            day += step
    return day


def add_months(day: dt.date, n: int) -> dt.date:
    """The same day `n` months later (earlier where negative), or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Intervals:
    """Hours of a day, in order and apart, such as 09:00–12:00 and 13:30–20:00. The end of each is no longer in it."""

    spans: tuple[tuple[dt.time, dt.time], ...]

    def __post_init__(self) -> None:
        if not self.spans or any(start >= end for start, end in self.spans):
            raise ValueError("hours of a day begin before they end")
        if any(end > start for (_, end), (start, _) in pairwise(self.spans)):
            raise ValueError("hours of a day stand in order and do not overlap")

    @classmethod
    def of(cls, spans: Iterable[Iterable[str]]) -> Intervals:
        """From texts: [["09:00", "12:00"], ["13:30", "20:00"]]. Raises ValueError for what is none."""
        return cls(tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in spans))

    def as_texts(self) -> list[list[str]]:
        """As `of` reads them."""
        return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in self.spans]

    def __contains__(self, time: dt.time) -> bool:
        return any(start <= time < end for start, end in self.spans)

    def __str__(self) -> str:
        return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in self.spans)


@dataclass(frozen=True)
class Hours:
    """When somebody may be called: on which days, and at what hours of them."""

    days: DayRule
    intervals: Intervals

    def allow(self, calendar: Calendar, day: dt.date) -> bool:
        """Whether there are hours on `day` at all."""
        return self.days == DayRule.ANY or calendar.is_working(day) == (self.days == DayRule.WORKING)


def hours_of(usual: Hours, *, days: str = "", start: dt.time | None = None, end: dt.time | None = None) -> Hours:
    """A client's own hours; what the client left unsaid is as usual."""
    intervals = Intervals(((start, end),)) if start and end else usual.intervals
    return Hours(DayRule(days) if days else usual.days, intervals)


def in_window(calendar: Calendar, instant: dt.datetime, hours: Hours) -> bool:
    """Whether `instant` lies in `hours`."""
    here = _here(instant)
    return here.time() in hours.intervals and hours.allow(calendar, here.date())


def next_opening(calendar: Calendar, instant: dt.datetime, hours: Hours) -> dt.datetime:
    """The first instant from `instant` on that lies in `hours`: itself, or when the next window opens."""
    return max(_here(instant), _window(calendar, instant, hours)[0])


def closing(calendar: Calendar, instant: dt.datetime, hours: Hours) -> dt.datetime:
    """When the window closes that is open at `instant`, or else the next one to open."""
    return _window(calendar, instant, hours)[1]


def _window(calendar: Calendar, instant: dt.datetime, hours: Hours) -> tuple[dt.datetime, dt.datetime]:
    """The first window that ends after `instant`."""
    here = _here(instant)
    day = here.date()
    while True:
        if hours.allow(calendar, day):
            for start, end in hours.intervals.spans:
                if at(day, end) > here:
                    return at(day, start), at(day, end)
        day += ONE_DAY


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant of a day and an hour in Asia/Shanghai."""
    return dt.datetime.combine(day, time, SHANGHAI)


def _here(instant: dt.datetime) -> dt.datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(SHANGHAI)


def due_day(calendar: Calendar, base_day: dt.date, count: int, unit: str) -> dt.date:
    """The working day by whose end something is due that began on `base_day`, never before `base_day`.

    `count` working, trading or calendar days or months later; for the end of a month or year, so many months or years
    after the current one (0: the current). A count in working time that ends on a day off ends on the next working
    day. The other limits are the regulator's: they are kept on the last working day before, so that no limit is
    missed, unless none is left since `base_day`: then on the next. Raises ValueError for a negative `count`.
    """
    if count < 0:
        raise ValueError("nothing is due before it begins")
    if unit == DueUnit.WORKING_DAYS:
        return calendar.add_working_days(base_day, count)
    if unit == DueUnit.TRADING_DAYS:
        return calendar.add_working_days(calendar.add_trading_days(base_day, count), 0)
    before = calendar.working_day_by(_limit(calendar, base_day, count, DueUnit(unit)))
    return before if before >= base_day else calendar.next_working_day(base_day)


def _limit(calendar: Calendar, base_day: dt.date, count: int, unit: DueUnit) -> dt.date:
    """The last day of a limit by the calendar, worked or not."""
    if unit == DueUnit.DAYS:
        return base_day + count * ONE_DAY
    if unit == DueUnit.MONTHS:
        return add_months(base_day, count)
    if unit == DueUnit.END_OF_MONTH:
        return calendar.end_of_month(add_months(base_day, count))
    return dt.date(base_day.year + count, DECEMBER, 31)


def due_at(calendar: Calendar, base_day: dt.date, count: int, unit: str, windows: Intervals) -> dt.datetime:
    """The end of the last call window of the day on which something is due; see `due_day`."""
    return at(due_day(calendar, base_day, count, unit), windows.spans[-1][1])
