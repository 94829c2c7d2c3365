"""What is known of China's calendar before anybody loads anything: the State Council's notices, and the exchanges'.

Pure functions. The notices for 2004–2026 come with the library chinesecalendar; later ones are loaded in the admin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import chinese_calendar

FIRST_YEAR = 2004
LAST_YEAR = 2026
SATURDAY = 5

# Official working days on which the exchanges were closed: the days before the Spring Festival of these years
# (notices of the Shanghai Stock Exchange).
CLOSED_WORKING_DAYS = frozenset(
    dt.date.fromisoformat(day)
    for day in (
        "2004-01-19",
        "2004-01-20",
        "2004-01-21",
        "2005-02-07",
        "2005-02-08",
        "2006-01-26",
        "2006-01-27",
        "2024-02-09",
    )
)


class Day(NamedTuple):
    """One day of the calendar, named as the columns of the table."""

    day: dt.date
    working: bool
    exchange_open: bool
    provisional: bool
    remark: str


def days_of(first_year: int, last_year: int) -> Iterator[Day]:
    """Every day of the years from `first_year` to `last_year`, as decreed or, where nothing is known, provisional."""
    day = dt.date(first_year, 1, 1)
    while day.year <= last_year:
        yield decreed(day) if FIRST_YEAR <= day.year <= LAST_YEAR else provisional(day)
        day += dt.timedelta(days=1)


@cache  # some eight thousand days, each of which costs the library three checks
def decreed(day: dt.date) -> Day:
    """A day of the years the library knows. The exchanges rest on weekends, make-up working days included."""
    working = bool(chinese_calendar.is_workday(day))
    weekend = day.weekday() >= SATURDAY
    _off, holiday = chinese_calendar.get_holiday_detail(day)
    exchange_open = working and not weekend and day not in CLOSED_WORKING_DAYS
    return Day(day, working, exchange_open, provisional=False, remark=_remark(day, holiday, working, weekend))


def _remark(day: dt.date, holiday: str | None, working: bool, weekend: bool) -> str:
    """Why the day is not what its weekday says, as the notices write it."""
    if day in CLOSED_WORKING_DAYS:
        return "休市"
    name = HOLIDAYS.get(holiday or "", "")
    if weekend and working:
        return f"{name}调休上班"
    return name if not working else ""


HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def provisional(day: dt.date) -> Day:
    """A day of a year that is not yet decreed: Monday to Friday are worked and traded, weekends are not."""
    weekday = day.weekday() < SATURDAY
    return Day(day, weekday, weekday, provisional=True, remark="")
