"""Questions to the calendar. A day that is not in the table follows the provisional rule: Monday to Friday."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from crm.worktime.decreed import provisional
from crm.worktime.models import CalendarDay

NOVEMBER = 11
LONGEST_CLOSURE = dt.timedelta(days=31)  # the exchanges have never rested longer than 12 days


def is_working_day(day: dt.date) -> bool:
    """Whether `day` is worked, make-up weekends included."""
    found = CalendarDay.objects.filter(day=day).values_list("working", flat=True).first()
    return provisional(day).working if found is None else found


def is_exchange_day(day: dt.date) -> bool:
    """Whether the exchanges trade on `day`."""
    found = CalendarDay.objects.filter(day=day).values_list("exchange_open", flat=True).first()
    return provisional(day).exchange_open if found is None else found


def exchange_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The exchange days from `first` to `last`, both included."""
    known = dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "exchange_open"))
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if known.get(day, provisional(day).exchange_open)]


def previous_exchange_day(day: dt.date) -> dt.date:
    """The last exchange day before `day`."""
    return exchange_days(day - LONGEST_CLOSURE, day - dt.timedelta(days=1))[-1]


def next_exchange_day(day: dt.date) -> dt.date:
    """The first exchange day after `day`."""
    return exchange_days(day + dt.timedelta(days=1), day + LONGEST_CLOSURE)[0]


def is_decreed(year: int) -> bool:
    """Whether every day of `year` is in the table and none is provisional."""
    days = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
    return CalendarDay.objects.filter(day__year=year, provisional=False).count() == days


def calendar_warning(today: dt.date) -> str:
    """What headquarters must be told about the calendar, in words; empty when nothing.

    From November, that next year's holidays are not loaded; at any time, that this year's are not.
    """
    if not is_decreed(today.year):
        return _(
            "The holidays of %(year)s are not loaded: working days are taken as Monday to Friday. "
            "Deadlines and exchange days may be wrong until they are."
        ) % {"year": today.year}
    if today.month >= NOVEMBER and not is_decreed(today.year + 1):
        return _(
            "The holidays of %(year)s are not loaded yet. Please load them once the State Council has published them."
        ) % {"year": today.year + 1}
    return ""
