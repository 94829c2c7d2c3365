"""Real data of two days running: the first plans make the calls that they say, counted in plain Python.

Who matches what on a day comes from the standings, which `test_segments` holds against the files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from callbacks.calls.models import Call, CallReason
from callbacks.plans.daily import after_run
from callbacks.plans.first_plans import lay_first_plans
from callbacks.plans.models import Making, Plan
from clients.profile.models import Client
from clients.segmentation import rules
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Policy, Run, Standing
from clients.segmentation.services import run_segmentation
from crm.worktime.arithmetic import SHANGHAI
from tests.realdata.conftest import LoadFeeds
from tests.realdata.test_segments import FITTING

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

DAY = dt.timedelta(days=1)
URGENCY = {"alert": 4, "outflow": 3, "trading": 2, "inflow": 1}
# The reasons that runs make, by the group whose match is entered; movements are counted one by one.
ENTERED = {"new_client": "new", "at_risk": "at_risk", "core": "core", "dormant": "dormant"}
SETS = [("berka", dt.date(1994, 3, 29)), ("cdnow", dt.date(1998, 6, 28))]


class Stood(NamedTuple):
    """A client on a day. `movements`: kind, day, size."""

    matches: list[str]
    movements: list[tuple[str, str, str]]
    assets: Decimal


Night = dict[str, Stood]


def stood() -> Night:
    """Where every client in a run stands now."""
    found = {}
    fields = ("client_no", "matches", "reasons", "average_assets")
    for number, matches, reasons, assets in Standing.objects.exclude(group_since=None).values_list(*fields):
        moved = [(one["kind"], one["day"], one["size"]) for one in (reasons or {}).get("movements", [])]
        found[number] = Stood(matches, moved, assets)
    return found


def run_of(day: dt.date, policy: Policy) -> Run:
    return run_segmentation(as_of=day, kind=RunKind.NIGHTLY, by=None, policy=policy)


def morning_after(run: Run) -> list[Making]:
    """The makings of a run, early on the next day."""
    return after_run(run=run, at=dt.datetime.combine(run.as_of + DAY, dt.time(5), SHANGHAI))


def entering(first: Night, second: Night, group: str) -> set[str]:
    """Who matches a group on the second day and did not on the first."""
    return {
        number
        for number, one in second.items()
        if group in one.matches and (number not in first or group not in first[number].matches)
    }


def movements(first: Night, second: Night, day: dt.date) -> dict[str, list[tuple[str, str, str]]]:
    """What the second day brings, by client: all movements of whoever enters, of the others those after `day`."""
    found = {}
    for number, one in second.items():
        if "movement" in one.matches:
            stays = number in first and "movement" in first[number].matches
            new = [moved for moved in one.movements if not stays or moved[1] > f"{day:%F}"]
            if new:
                found[number] = new
    return found


def urgency(number: str, moved: list[tuple[str, str, str]]) -> tuple[int, Decimal, str]:
    first, size = max((URGENCY[kind], Decimal(size)) for kind, _day, size in moved)
    return (-first, -size, number)


def within_limits(wanted: list[str], branch_of: dict[str, str], most: int | None) -> set[str]:
    """Of parties in order, those within each branch's limit of a day."""
    places: Counter[str] = Counter()
    called = set()
    for number in wanted:
        places[branch_of[number]] += 1
        if most is None or places[branch_of[number]] <= most:
            called.add(number)
    return called


@pytest.mark.parametrize(("name", "day"), SETS)
def test_two_days_make_the_calls_that_the_plans_say(load_feeds: LoadFeeds, name: str, day: dt.date) -> None:
    load_feeds(name)
    wanted = rules.complete(rules.parse(FITTING))
    when: dict[str, Any] = {"proposed_at": dt.datetime(1990, 1, 1, tzinfo=SHANGHAI)}
    policy = Policy.objects.create(
        version=2, name="2", rules=wanted, state="approved", effective_on=dt.date(1990, 1, 1), **when,
        decided_at=when["proposed_at"],
    )  # fmt: skip
    lay_first_plans()
    rows = list(Client.objects.values_list("client_no", "branch__code", "status"))
    branch_of = {number: branch for number, branch, _status in rows}
    closed = {number for number, _branch, status in rows if status == "closed"}

    baseline = {making.plan.kind: making.counts for making in morning_after(run_of(day, policy))}
    first = stood()
    new = entering({}, first, "new")
    assert {kind: counts["candidates"] for kind, counts in baseline.items() if counts["candidates"]} == (
        {"new_client": len(new)} if new else {}
    )
    assert Call.objects.count() == len(new - closed)

    makings = {making.plan.kind: making for making in morning_after(run_of(day + DAY, policy))}
    second = stood()
    called: dict[str, set[str]] = defaultdict(set)
    for kind, group in ENTERED.items():
        found = entering(first, second, group)
        assert makings[kind].counts["candidates"] == len(found), kind
        ordered = sorted(found - closed, key=lambda number: (-second[number].assets, number))
        called[kind] = within_limits(ordered, branch_of, Plan.objects.get(code=kind.replace("_", "-")).cap)
        assert made(makings[kind]) == len(called[kind]), kind
    moved = movements(first, second, day)
    assert makings["movement"].counts["candidates"] == sum(len(one) for one in moved.values())
    ordered = sorted(moved.keys() - closed, key=lambda number: urgency(number, moved[number]))
    called["movement"] = within_limits(ordered, branch_of, 20)
    assert made(makings["movement"]) == sum(len(moved[number]) for number in called["movement"])
    listed = moved.keys() - closed - called["movement"]
    assert makings["movement"].counts["listed"] == sum(len(moved[number]) for number in listed)
    assert sum(len(one) for one in called.values()) > 0

    # All of a client's reasons are one call: of both days, for nobody has called anybody yet.
    everybody = (new - closed).union(*called.values())
    numbers = Call.objects.values_list("client__client_no", flat=True)
    assert sorted(numbers) == sorted(everybody)
    assert not CallReason.objects.filter(call__isnull=True).exclude(state="listed").exists()
    # Once more, nothing is made.
    again = morning_after(Run.objects.get(as_of=day + DAY))
    assert [one.pk for one in again] == [one.pk for one in makings.values()]
    assert Call.objects.count() == len(everybody)


def made(making: Making) -> int:
    """How many reasons of a making have a call."""
    return sum(making.counts[fate] for fate in ("made", "merged", "deferred", "held"))
