"""What the next days hold against what the people on duty can do: one unit, or every unit in sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from callbacks.calls.choices import OPEN
from callbacks.calls.models import Call
from callbacks.calls.units import CENTRAL, LOCAL
from crm.organisation.models import Appointment, StandIn, User
from crm.parameters.registry import value_of
from crm.worktime.arithmetic import ONE_DAY, SHANGHAI, at
from crm.worktime.calendars import calendar

DAYS = 5  # working days of the picture, tomorrow first


@dataclass(frozen=True)
class Day:
    """One working day of a unit: calls due (what is overdue stands on the first), people on duty, what they can do."""

    day: dt.date
    due: int
    overdue: int
    people: int
    possible: int

    @property
    def work(self) -> int:
        return self.due + self.overdue

    @property
    def missing(self) -> int:
        """So many more than can be done; negative: room is left."""
        return self.work - self.possible


@dataclass(frozen=True)
class UnitWeek:
    """A unit's week in sums, and its first day."""

    unit_id: int
    days: Sequence[Day]

    @property
    def first(self) -> Day:
        return self.days[0]

    @property
    def work(self) -> int:
        return sum(one.work for one in self.days)

    @property
    def possible(self) -> int:
        return sum(one.possible for one in self.days)

    @property
    def missing(self) -> int:
        return self.work - self.possible


def week_of(unit_ids: Sequence[int], now: dt.datetime) -> list[UnitWeek]:
    """The next working days of each unit: three queries, however many units.

    Calls due on a day off belong to the working day before (it is the last on which they can be made), those overdue
    by tomorrow's beginning to tomorrow.
    """
    days = working_days(now)
    due = _due(unit_ids, days)
    people = _people(unit_ids, days)
    each = int(value_of("callbacks.calls_a_day"))
    weeks = []
    for unit in unit_ids:
        lines = []
        for number, day in enumerate(days):
            staff = people.get((unit, day), 0)
            overdue = due.get((unit, None), 0) if number == 0 else 0
            lines.append(Day(day, due.get((unit, day), 0), overdue, staff, staff * each))
        weeks.append(UnitWeek(unit, lines))
    return weeks


def working_days(now: dt.datetime) -> list[dt.date]:
    """The next working days after today."""
    day, known = now.astimezone(SHANGHAI).date(), calendar()
    days = []
    for _number in range(DAYS):
        day = known.next_working_day(day)
        days.append(day)
    return days


def _due(unit_ids: Sequence[int], days: Sequence[dt.date]) -> dict[tuple[int, dt.date | None], int]:
    """Open calls by unit and working day; None: due before the first of them."""
    after = calendar().next_working_day(days[-1])
    opened = Call.objects.filter(state__in=OPEN, unit__in=unit_ids, due_at__lt=at(after, dt.time())).order_by()
    rows = opened.values_list("unit_id", TruncDate("due_at", tzinfo=SHANGHAI)).annotate(n=Count("pk"))
    found: dict[tuple[int, dt.date | None], int] = {}
    for unit, day, number in rows:
        on = max((one for one in days if one <= day), default=None)
        found[unit, on] = found.get((unit, on), 0) + number
    return found


def _people(unit_ids: Sequence[int], days: Sequence[dt.date]) -> dict[tuple[int, dt.date], int]:
    """Who is appointed to call there on each day, in service and not absent."""
    last = days[-1] + ONE_DAY
    serving = User.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=days[0]), is_active=True)
    held = Appointment.objects.during(days[0], last).filter(
        unit__in=unit_ids, role__in=[*CENTRAL, *LOCAL], user__in=serving
    )
    rows = set(held.values_list("unit_id", "user_id", "user__left_on", "starts_on", "ends_on"))
    people = {user for _unit, user, _left, _from, _until in rows}
    away = list(
        StandIn.objects.filter(absent__in=people, starts_on__lte=last, ends_on__gte=days[0]).values_list(
            "absent_id", "starts_on", "ends_on"
        )
    )
    found: dict[tuple[int, dt.date], int] = {}
    for day in days:
        absent = {user for user, starts, ends in away if starts <= day <= ends}
        here = {
            (unit, user)
            for unit, user, left, starts, ends in rows
            if starts <= day and (ends is None or ends >= day) and (left is None or left > day) and user not in absent
        }
        for unit, _user in here:
            found[unit, day] = found.get((unit, day), 0) + 1
    return found
