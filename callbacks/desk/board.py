"""The supervisor's live board: who is on which call, who is idle, what waits, what is due, what needs a decision.

It is asked for every ten seconds, so each part reads a bounded piece of an index, however many calls there are: what
waits is counted over the calls that are due first, up to `CAP` of them, and the page says when there are more.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from callbacks.calls.choices import OPEN, Hold
from callbacks.calls.models import Attempt, Call
from callbacks.calls.units import call_centre_unit
from callbacks.desk.cells import hold_word
from callbacks.desk.listing import day_begins
from callbacks.desk.people import callers_of
from callbacks.desk.rows import Line, lines_of
from callbacks.desk.sentences import kind_word
from clients.desk.listing import branches_in
from clients.desk.rows import branch_short
from crm.access.scope import scope_of
from crm.organisation.models import Unit, User
from crm.parameters.registry import value_of
from crm.worktime.arithmetic import SHANGHAI

CAP = 10_000
MOST_PEOPLE = 200
MOST_DECISIONS = 12


class Working(NamedTuple):
    """Somebody with the call he works on."""

    name: str
    line: Line
    live: bool
    since: dt.datetime


class Idle(NamedTuple):
    """Somebody who tried calls today and holds none now."""

    name: str
    since: dt.datetime | None
    done: int


class Waiting(NamedTuple):
    """What waits for one reason, or in one unit."""

    label: str
    key: str
    waiting: int
    overdue: int
    oldest: dt.datetime | None


class Decision(NamedTuple):
    """A call that waits for somebody's decision: what is the matter, and what is mostly done then (verb, word)."""

    line: Line
    words: str
    verb: str
    button: str


@dataclass(frozen=True)
class Board:
    """One look at the units in sight, at one instant."""

    working: Sequence[Working]
    idle: Sequence[Idle]
    absent: int  # people of these units who have not begun today
    by_reason: Sequence[Waiting]
    by_unit: Sequence[Waiting]
    capped: bool
    hours: Sequence[tuple[str, int]]
    decide: Sequence[Decision]

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.by_reason)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.by_reason)

    @property
    def chart(self) -> dict[str, Any]:
        values = [number for _hour, number in self.hours]
        return {
            "labels": [hour for hour, _number in self.hours],
            "series": [{"name": str(_("Due")), "unit": "count", "values": values}],
        }


def units_in_sight(user: User) -> list[Unit]:
    """The units that a supervisor may look at: the call centre and the branches of his scope."""
    scope = scope_of(user)
    centre = call_centre_unit() if scope.everything else None
    return [unit for unit in (centre, *branches_in(scope)) if unit is not None]


def board_of(user: User, units: Sequence[Unit], now: dt.datetime) -> Board:
    """The board of these units as `user` may see it at `now`: twelve queries at most."""
    ids = [unit.pk for unit in units]
    sight = Call.objects.visible_to(user)
    if not (scope_of(user).everything and len(units) > 1):  # all units are no condition: the index by due date serves
        sight = sight.filter(unit__in=ids)
    working = _working(sight, user, now)
    first = _due_first(sight)
    idle, absent = _idle(ids, {one.pk for one in working}, now)
    names = {unit.pk: branch_short(unit.name) for unit in units}
    codes = {unit.pk: unit.code for unit in units}
    return Board(
        working=[one.shown for one in working],
        idle=idle,
        absent=absent,
        by_reason=_grouped(first, "kind", {}, now),
        by_unit=_grouped(first, "unit_id", names, now, codes) if len(units) > 1 else (),
        capped=len(first) > CAP,
        hours=_hours(sight, now),
        decide=_to_decide(sight, user, now),
    )


class _Held(NamedTuple):
    pk: int
    shown: Working


def _working(sight: QuerySet[Call], user: User, now: dt.datetime) -> list[_Held]:
    """Who works on what, the longest first: three queries."""
    held = list(
        sight.filter(claimed_by__isnull=False)
        .order_by("claimed_at")
        .values_list("pk", "claimed_by_id", "claimed_by__name", "live", "claimed_at")[:MOST_PEOPLE]
    )
    lines = {line.one.pk: line for line in lines_of([one[0] for one in held], user, now)}
    return [_Held(who, Working(name, lines[pk], live, at or now)) for pk, who, name, live, at in held if pk in lines]


def _idle(units: Sequence[int], busy: set[int], now: dt.datetime) -> tuple[list[Idle], int]:
    """Who tried calls today and holds none, the longest idle first; how many have not begun. Two queries."""
    today = now.astimezone(SHANGHAI).date()
    people = list(callers_of(units, today)[:MOST_PEOPLE])
    tried = Attempt.objects.filter(by__in=people, started_at__gte=day_begins(today)).order_by()
    last = {
        who: (ended, number)
        for who, ended, number in tried.values_list("by").annotate(ended=Max("ended_at"), number=Count("pk"))
    }
    idle = [Idle(one.name, *last[one.pk]) for one in people if one.pk in last and one.pk not in busy]
    begun = len(last.keys() | busy & {one.pk for one in people})
    return sorted(idle, key=lambda one: one.since or now), len(people) - begun


def _due_first(sight: QuerySet[Call]) -> list[tuple[int, str, dt.datetime]]:
    """Unit, reason and due time of the open calls that are due first: a bounded piece of an index."""
    rows = sight.filter(state__in=OPEN).order_by("due_at", "id").values_list("unit_id", "kind", "due_at")
    return list(rows[: CAP + 1])


def _grouped(
    first: Sequence[tuple[int, str, dt.datetime]],
    by: str,
    names: dict[int, str],
    now: dt.datetime,
    codes: dict[int, str] | None = None,
) -> list[Waiting]:
    """Counted by reason or unit, the most overdue first."""
    column = 1 if by == "kind" else 0
    number: Counter[Any] = Counter()
    late: Counter[Any] = Counter()
    oldest: dict[Any, dt.datetime] = {}
    for row in first:
        key = row[column]
        number[key] += 1
        late[key] += row[2] <= now
        oldest.setdefault(key, row[2])  # they come in the order in which they are due
    lines = [
        Waiting(
            names.get(key, "") or kind_word(str(key)),
            (codes or {}).get(key, str(key)),
            count,
            late[key],
            oldest[key],
        )
        for key, count in number.items()
    ]
    return sorted(lines, key=lambda one: (-one.overdue, -one.waiting, one.label))


def _hours(sight: QuerySet[Call], now: dt.datetime) -> list[tuple[str, int]]:
    """What is due today, hour by hour: one query of a bounded piece of an index."""
    today = now.astimezone(SHANGHAI).date()
    due = sight.filter(
        state__in=OPEN, due_at__gte=day_begins(today), due_at__lt=day_begins(today + dt.timedelta(days=1))
    )
    instants = due.order_by("due_at").values_list("due_at", flat=True)[:CAP]
    count = Counter(one.astimezone(SHANGHAI).hour for one in instants)
    if not count:
        return []
    return [(f"{hour:02}:00", count[hour]) for hour in range(min(*count, 9), max(*count, 20) + 1)]


def _to_decide(sight: QuerySet[Call], user: User, now: dt.datetime) -> list[Decision]:
    """Held calls, and those that were skipped too often, with what is the matter: three queries."""
    most = int(value_of("callbacks.skips_shown"))
    opened = sight.filter(state__in=OPEN)
    held = list(opened.exclude(hold="").order_by("hold", "id").values_list("pk", "hold")[:MOST_DECISIONS])
    skipped = (
        opened.filter(skips__gt=0, skips__gte=most, hold="")
        .order_by("due_at")
        .values_list("pk", "skips")[:MOST_DECISIONS]
    )
    reform, assign, free = _("Another form of contact"), _("Assign"), _("Free held calls")
    found = {
        pk: (hold_word(hold), "free", free) if hold == Hold.NOBODY else (hold_word(hold), "reform", reform)
        for pk, hold in held
    }
    found |= {pk: (_("skipped %(n)s times") % {"n": skips}, "assign", assign) for pk, skips in skipped}
    return [Decision(line, *found[line.one.pk]) for line in lines_of(list(found), user, now)]
