"""The calendar as a value, for reckoning: read once, kept for some seconds, dropped when a day changes."""

from __future__ import annotations

from django.db.models import Q

from crm.remembered import Remembered
from crm.worktime.arithmetic import Calendar
from crm.worktime.decreed import provisional
from crm.worktime.models import CalendarDay

WEEKEND = Q(day__iso_week_day__in=[6, 7])
# Days that are not what their weekday says: some thirty in a year, however many years are loaded.
UNUSUAL = (WEEKEND & Q(working=True)) | (~WEEKEND & (Q(working=False) | Q(exchange_open=False)))


def read_calendar() -> Calendar:
    """The calendar as it stands in the database."""
    rows = list(CalendarDay.objects.filter(UNUSUAL).values_list("day", "working", "exchange_open"))
    return Calendar(
        frozenset(day for day, working, _open in rows if working != provisional(day).working),
        frozenset(day for day, _working, is_open in rows if is_open != provisional(day).exchange_open),
    )


calendar = Remembered(read_calendar)
