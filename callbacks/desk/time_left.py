"""By when something is due and how much working time is left, in words. Pure: calendar and instant are handed in."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.worktime.arithmetic import ONE_DAY, SHANGHAI, Calendar

MOST_DAYS = 60  # what is due later is far away: its day says enough


class Left(NamedTuple):
    """How long is left in words (empty: far away), and whether it is over or must be done today."""

    words: str
    over: bool = False
    today: bool = False


def left(due_at: dt.datetime, now: dt.datetime, calendar: Calendar) -> Left:
    """What is left of the time for something due at `due_at`: hours on its day, working days before it."""
    due, here = due_at.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    if due <= here:
        late = working_days_between(calendar, due.date(), here.date())
        if not late:
            return Left(_("overdue since today"), over=True)
        words = ngettext("overdue by %(n)s working day", "overdue by %(n)s working days", late)
        return Left(words % {"n": late}, over=True)
    if due.date() == here.date():
        return Left(hours(due - here), today=True)
    if due.date() - here.date() > MOST_DAYS * ONE_DAY:
        return Left("")
    days = working_days_between(calendar, here.date(), due.date())
    return Left(ngettext("%(n)s working day left", "%(n)s working days left", days) % {"n": days})


def hours(span: dt.timedelta) -> str:
    """`3 h 20 min left`."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
    return _("%(hours)s h %(minutes)s min left") % {"hours": minutes // 60, "minutes": minutes % 60}


def working_days_between(calendar: Calendar, first: dt.date, last: dt.date) -> int:
    """The working days after `first` up to `last`, that one included."""
    days = (first + number * ONE_DAY for number in range(1, (last - first).days + 1))
    return sum(calendar.is_working(day) for day in days)
