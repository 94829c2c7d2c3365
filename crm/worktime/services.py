"""Writing the calendar: provisional years ahead, decreed years as the notices come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction

from crm.worktime.decreed import FIRST_YEAR, days_of
from crm.worktime.models import CalendarDay

log = structlog.get_logger(__name__)

YEARS_AHEAD = 2


def extend(*, through: int) -> int:
    """Add every missing day from 2004 to the end of the year `through`. Returns how many were added."""
    present = set(CalendarDay.objects.values_list("day", flat=True))
    missing = [CalendarDay(**day._asdict()) for day in days_of(FIRST_YEAR, through) if day.day not in present]
    CalendarDay.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)
    if missing:
        log.info("calendar_extended", through=through, days=len(missing))
    return len(missing)


def extend_ahead(*, today: dt.date) -> int:
    """Keep the calendar two years ahead of `today`."""
    return extend(through=today.year + YEARS_AHEAD)


@transaction.atomic
def settle_years(*, years: Iterable[int]) -> int:
    """After days of a year were loaded: the notice is out, so days it does not name follow their weekday for good.

    Returns how many days were settled.
    """
    settled = 0
    for year in sorted(set(years)):
        extend(through=year)
        settled += CalendarDay.objects.filter(day__year=year, provisional=True).update(provisional=False)
    return settled
