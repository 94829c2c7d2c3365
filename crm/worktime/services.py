"""Writing the calendar: provisional years ahead, decreed years as the notices come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.history import put_down
from crm.worktime.calendars import calendar
from crm.worktime.decreed import FIRST_YEAR, SATURDAY, days_of
from crm.worktime.models import CalendarDay

if TYPE_CHECKING:
    from crm.organisation.models import User

log = structlog.get_logger(__name__)

YEARS_AHEAD = 2


def extend(*, through: int) -> int:
    """Add every missing day from 2004 to the end of the year `through`. Returns how many were added."""
    present = set(CalendarDay.objects.values_list("day", flat=True))
    missing = [CalendarDay(**day._asdict()) for day in days_of(FIRST_YEAR, through) if day.day not in present]
    CalendarDay.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)
    if missing:
        calendar.changed()
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
    calendar.changed()
    return settled


def usual_exchange_day(day: dt.date, *, working: bool) -> bool:
    """Whether the exchanges trade on `day` where no notice of theirs says otherwise: never on a weekend."""
    return working and day.weekday() < SATURDAY


def check_day(day: CalendarDay) -> None:
    """What a day that somebody loads must satisfy. Raises ValidationError in words."""
    last = timezone.localdate().year + YEARS_AHEAD
    if not FIRST_YEAR <= day.day.year <= last:
        years = {"first": FIRST_YEAR, "last": last}
        raise ValidationError({"day": _("The calendar reaches from %(first)s to %(last)s.") % years})
    if day.exchange_open and day.day.weekday() >= SATURDAY:
        raise ValidationError(
            {"exchange_open": _("The exchanges never open on a weekend, make-up working days included.")}
        )
    if day.exchange_open and not day.working:
        raise ValidationError({"exchange_open": _("The exchanges do not open on a holiday.")})


@transaction.atomic
def put_day(*, by: User | None, day: CalendarDay) -> CalendarDay:
    """Write one day as somebody knows it, new or changed; it is no longer provisional."""
    check_day(day)
    day.provisional = False
    who: dict[str, Any] = {"user": by.pk, "staff_no": by.staff_no} if by else {}
    with put_down(**who):
        day.save()
    calendar.changed()
    return day
