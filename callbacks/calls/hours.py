"""When a party may be called, and which hour is proposed for the next try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import takewhile

from callbacks.calls.models import Call
from clients.profile.wishes import call_hours
from crm.parameters.registry import value_of
from crm.worktime.arithmetic import ONE_DAY, SHANGHAI, Calendar, Hours, Intervals, at, next_opening
from crm.worktime.choices import DayRule

GAP = dt.timedelta(hours=2)  # between two tries of one day
SOON = dt.timedelta(minutes=30)  # between two tries when there is no more time than that
STEP = dt.timedelta(minutes=30)  # proposed times begin at the full or the half hour
PARTS = (dt.time(12), dt.time(17))  # morning, afternoon, evening
MOST_DAYS = 30  # how far ahead another hour is looked for


def usual_hours() -> Hours:
    """The firm's hours for outbound calls, as they are set."""
    return Hours(DayRule.WORKING, Intervals.of(value_of("callbacks.windows")))


def hours_for(call: Call) -> Hours:
    """When the party of a call may be called: at the hours the client named, else the usual ones."""
    return call_hours(getattr(call.client, "wishes", None), usual_hours())


def part_of(instant: dt.datetime) -> int:
    """Which part of the day an instant lies in: 0 morning, 1 afternoon, 2 evening."""
    return sum(instant.astimezone(SHANGHAI).time() >= bound for bound in PARTS)


def propose_next(
    tries: Sequence[dt.datetime], *, due: dt.datetime, hours: Hours, calendar: Calendar, now: dt.datetime
) -> dt.datetime:
    """When to try again after `tries` (the one of now among them). Pure; always after `now` and within `hours`.

    In a part of the day in which nobody has tried yet, where the hours have one. On another day, unless the call is
    due before the next one's hours are over: then the same day, two hours later. What cannot be before it is due is
    proposed as soon as may be.
    """
    tried = {part_of(one) for one in tries} | {part_of(now)}
    tomorrow = at(now.astimezone(SHANGHAI).date() + ONE_DAY, dt.time())
    is_near = due <= _last_slot(next_opening(calendar, tomorrow, hours), hours)
    begin = now + GAP if is_near else tomorrow
    first: dt.datetime | None = None
    found: dt.datetime | None = None
    for slot in takewhile(lambda one: one <= due, _slots(begin, hours, calendar)):
        first = first or slot
        if part_of(slot) not in tried:
            found = slot
            break
    found = found or first
    return found or next_opening(calendar, now + SOON, hours)


def _last_slot(opening: dt.datetime, hours: Hours) -> dt.datetime:
    """The end of the hours of the day of `opening`."""
    return at(opening.astimezone(SHANGHAI).date(), hours.intervals.spans[-1][1])


def _slots(begin: dt.datetime, hours: Hours, calendar: Calendar) -> Iterator[dt.datetime]:
    """Full and half hours from `begin` on that lie in `hours`, in order."""
    day = begin.astimezone(SHANGHAI).date()
    for _number in range(MOST_DAYS):
        if hours.allow(calendar, day):
            for start, end in hours.intervals.spans:
                slot = at(day, start)
                while slot < at(day, end):
                    if slot >= begin:
                        yield slot
                    slot += STEP
        day += ONE_DAY
