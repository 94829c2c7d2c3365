"""By when a plan's calls are due, and until when a quiet period lasts. Pure but for the types."""

from __future__ import annotations

import datetime as dt

from callbacks.plans.choices import DueUnit
from crm.worktime import arithmetic, choices
from crm.worktime.arithmetic import Calendar, Hours

# In which of the calendar's units each of a plan's is reckoned.
UNITS = {
    DueUnit.TRADING_DAYS: choices.DueUnit.TRADING_DAYS,
    DueUnit.WORKING_DAYS: choices.DueUnit.WORKING_DAYS,
    DueUnit.DAYS: choices.DueUnit.DAYS,
    DueUnit.DAYS_AFTER_OPENING: choices.DueUnit.DAYS,
    DueUnit.MONTHS_AFTER_OPENING: choices.DueUnit.MONTHS,
    DueUnit.END_OF_MONTH: choices.DueUnit.END_OF_MONTH,
    DueUnit.END_OF_YEAR: choices.DueUnit.END_OF_YEAR,
}
FROM_OPENING = (DueUnit.DAYS_AFTER_OPENING, DueUnit.MONTHS_AFTER_OPENING)
COUNTED = tuple(unit for unit in DueUnit if unit not in (DueUnit.END_OF_MONTH, DueUnit.END_OF_YEAR))


def base_column(unit: str) -> str:
    """From which day of a candidate the time counts."""
    return "opened_on" if unit in FROM_OPENING else "base_day"


def due_at(calendar: Calendar, hours: Hours, base_day: dt.date, count: int, unit: str) -> dt.datetime:
    """When a call is due whose time began on `base_day`: the end of the last call window of its day."""
    return arithmetic.due_at(calendar, base_day, count, UNITS[DueUnit(unit)], hours.intervals)


def quiet_until(
    calendar: Calendar, hours: Hours, *, reached_on: dt.date, due_on: dt.date, quiet_days: int
) -> dt.datetime:
    """When somebody who was reached on `reached_on` may be called for a lesser reason that is due on `due_on`.

    The first working day on which the period is over, at the latest the last working day before it is due: never past
    its due. What is no longer ahead is no hindrance.
    """
    over = calendar.add_working_days(reached_on + dt.timedelta(days=quiet_days), 0)
    day = min(over, calendar.previous_working_day(due_on))
    return arithmetic.at(day, hours.intervals.spans[0][0])
