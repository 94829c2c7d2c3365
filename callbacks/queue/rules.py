"""The numbers that the queue goes by, as they are set today (`crm.parameters`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from callbacks.calls.hours import usual_hours
from crm.parameters.registry import value_of
from crm.worktime.arithmetic import Calendar, Hours, hours_of
from crm.worktime.calendars import calendar


@dataclass(frozen=True)
class Rules:
    """What binds whoever calls: the calendar, the usual hours, the time of a claim, who calls large clients."""

    calendar: Calendar
    hours: Hours
    lease: dt.timedelta
    large_amount: Decimal | None  # None: branches call clients of any size

    def own(self, days: str, start: dt.time | None, end: dt.time | None) -> Hours | None:
        """A client's own hours; None for one who has said nothing about them."""
        return hours_of(self.hours, days=days, start=start, end=end) if days or start else None


def rules() -> Rules:
    """As they are set. No query but the first in some seconds."""
    large: bool = value_of("callbacks.large_to_headquarters")
    return Rules(
        calendar=calendar(),
        hours=usual_hours(),
        lease=dt.timedelta(minutes=value_of("callbacks.lease_minutes")),
        large_amount=value_of("callbacks.large_amount") if large else None,
    )
