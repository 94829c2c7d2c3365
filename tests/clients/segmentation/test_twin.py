"""The SQL against the slow twin, client by client, on random books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from tests.clients.segmentation.books import computed, expected, load
from tests.clients.segmentation.twin import Books

pytestmark = pytest.mark.django_db

# Leap February, ends of long and short months, a turn of the year, and days around a leap day.
DAYS = [dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 5, 31), dt.date(2023, 2, 28), dt.date(2024, 1, 1)]
OPENED_AGO = [-1, 0, 1, 2, 29, 30, 31, 60, 89, 90, 91, 92, 93, 366, 1094, 1095, 1096, 1097]
TRADED_AGO = [-1, 0, 1, 2, 6, 7, 8, 29, 30, 31, 59, 66, 67, 68, 89, 90, 91, 92, 364, 365, 366, 367, 1095, 1096, 1097]
SNAPSHOT_AGO = [-1, 0, 1, 2, 6, 7, 8, 29, 30, 31, 60, 89, 90, 91, 92, 119, 120, 121, 149, 150, 151, 400]
AMOUNTS = [Decimal(n) for n in ("0", "0.01", "99.99", "100", "1000", "33333.33", "49999.99", "50000", "166666.67")]
BALANCES = [*AMOUNTS, *(Decimal(n) for n in ("-0.01", "-5000", "500000", "1000000", "2999999.99", "12345678.90"))]
KINDS = ["", "transfer", "interest", "dividend", "fee", "tax", "internal", "Interest"]
CLOCKS = [
    "T00:00:00",
    "T23:59:59",
    "T09:30:00+08:00",
    "T16:00:00+00:00",
    "T15:59:59+00:00",
    "T23:30:00-05:00",
    "T00:30:00+14:00",
]


@composite
def moments(draw: DrawFn, day: dt.date, ago: list[int]) -> dt.datetime:
    """An instant near a day that matters, with or without an offset."""
    on = day - dt.timedelta(days=draw(st.sampled_from(ago)))
    return dt.datetime.fromisoformat(f"{on:%F}{draw(st.sampled_from(CLOCKS))}")


@composite
def trades_of(draw: DrawFn, day: dt.date, number: str) -> list[dict[str, Any]]:
    """Single trades, fills of one order over one or several days, and bursts."""
    found: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 5))):
        at = draw(moments(day, TRADED_AGO))
        shared = {
            "traded_at": at,
            "amount": draw(st.sampled_from(AMOUNTS)),
            "commission": draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(5), Decimal("12.34")])),
            "order_no": draw(st.sampled_from(["", "A", "B", f"T{number}-0"])),
        }
        found += [dict(shared) for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3, 6])))]
    return [trade | {"trade_no": f"T{number}-{n}"} for n, trade in enumerate(found)]


@composite
def flows_of(draw: DrawFn, day: dt.date, number: str) -> list[dict[str, Any]]:
    return [
        {
            "flow_no": f"F{number}-{n}",
            "occurred_at": draw(moments(day, [-1, 0, 1, 3, 6, 7, 8])),
            "direction": draw(st.sampled_from(["in", "out"])),
            "amount": draw(st.sampled_from([*AMOUNTS, Decimal(500000), Decimal("500000.01")])),
            "kind": draw(st.sampled_from(KINDS)),
        }
        for n in range(draw(st.integers(0, 4)))
    ]


@composite
def snapshots_of(draw: DrawFn, day: dt.date) -> list[dict[str, Any]]:
    """Snapshots with gaps; a day has one at most."""
    ago = draw(st.lists(st.sampled_from(SNAPSHOT_AGO), unique=True, max_size=6))
    balance = st.sampled_from(BALANCES)
    return [{"day": day - dt.timedelta(days=n), "cash": draw(balance), "securities": draw(balance)} for n in ago]


@composite
def alerts_of(draw: DrawFn, day: dt.date, number: str) -> list[dict[str, Any]]:
    closed = st.sampled_from([None, -1, 0, 1])
    found = []
    for n in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        ago = draw(closed)
        found.append(
            {
                "alert_no": f"L{number}-{n}",
                "raised_on": day - dt.timedelta(days=draw(st.sampled_from([-1, 0, 1, 90]))),
                "closed_on": None if ago is None else day - dt.timedelta(days=ago),
            }
        )
    return found


@composite
def books(draw: DrawFn, day: dt.date) -> Books:
    """A few clients of two branches, with everything they did."""
    made = Books(clients=[])
    for n in range(draw(st.integers(1, 6))):
        number = f"C{n}"
        closed = draw(st.sampled_from([None, None, None, None, -1, 0, 1, "no date"]))
        made.clients.append(
            {
                "client_no": number,
                "branch_code": draw(st.sampled_from(["A", "B"])),
                "opened_on": day - dt.timedelta(days=draw(st.sampled_from(OPENED_AGO))),
                "status": draw(st.sampled_from(["active", "suspended"])) if closed is None else "closed",
                "closed_on": day - dt.timedelta(days=closed) if isinstance(closed, int) else None,
            }
        )
        made.snapshots[number] = draw(snapshots_of(day))
        made.trades[number] = draw(trades_of(day, number))
        made.flows[number] = draw(flows_of(day, number))
        made.alerts[number] = draw(alerts_of(day, number))
    return made


def some(**keys: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """An object in which any key may be left out."""
    return st.fixed_dictionaries({}, optional=keys)


def one_of(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from(values)


MATCHABLE = ["dormant", "movement", "new", "core", "at_risk", "no_trade"]
POLICIES = some(
    window_months=one_of(1, 3, 13),
    tiers=some(silver=one_of(-1000, 0, Decimal("0.01")), gold=one_of(1000, Decimal("33333.33"), 1000000)),
    trader=some(trades_per_month=one_of(1, Decimal("0.9677"), 3), turnover_ratio=one_of(Decimal("0.3333"), 0, 1)),
    dormant=some(months=one_of(0, 1, 36), cash_below=one_of(0, Decimal("99.99"), 100000)),
    movement=some(
        days=one_of(0, 1, 7, 31),
        flow=one_of(Decimal("0.01"), 50000, 500000),
        share=one_of(Decimal("0.1"), Decimal("0.333333"), 1, 5),
        share_floor=one_of(0, 100, 50000),
        trades_floor=one_of(1, 2, 3, 20),
        trades_multiple=one_of(0, 1, Decimal("1.5"), 5),
        trades_baseline_days=one_of(0, 1, 60),
    ),
    new=some(days=one_of(0, 1, 30, 91)),
    core=some(
        min_tier=one_of("silver", "gold", "platinum", "diamond"),
        commission_top=one_of(0, Decimal("0.1"), Decimal("0.5"), Decimal("0.333"), 1),
    ),
    at_risk=some(
        days=one_of(1, 30), baseline_days=one_of(1, 90), share=one_of(0, Decimal("0.5"), 1, 2), floor=one_of(0, 1)
    ),
    order=st.permutations(MATCHABLE).flatmap(lambda order: st.integers(0, 6).map(lambda n: order[:n])),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_agrees_client_by_client(data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(DAYS), label="as of")
    policy = data.draw(POLICIES, label="policy")
    made = data.draw(books(day), label="books")
    with transaction.atomic():
        load(made)
        found = computed(day, policy)
        assert found == expected(made, day, policy)
        transaction.set_rollback(True)
    for group in {group for one in found.values() for group in one.matches}:
        event(group)
    for kind in {kind for one in found.values() for kind, _size in one.movements}:
        event(kind)


BURSTS = st.fixed_dictionaries(
    {
        "days": one_of(1, 2, 4),
        "trades_floor": one_of(1, 2, 3),
        "trades_multiple": one_of(0, 1, Decimal("1.5"), 2),
        "trades_baseline_days": one_of(0, 1, 3, 6),
    }
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_bursts_agree(data: st.DataObject) -> None:
    """Many orders on few days, some with several fills, on the edges of the window and of the baseline."""
    day = data.draw(st.sampled_from(DAYS), label="as of")
    policy = {"movement": data.draw(BURSTS, label="movement"), "order": ["movement"]}
    account = {"client_no": "C", "branch_code": "A", "opened_on": day, "status": "active", "closed_on": None}
    fills = data.draw(st.lists(st.tuples(st.integers(-1, 11), one_of("", "A", "B")), min_size=1, max_size=20))
    made = Books(clients=[account])
    made.trades["C"] = [
        {
            "trade_no": f"T{n}",
            "traded_at": dt.datetime.combine(day - dt.timedelta(days=ago), dt.time(10)),
            "amount": Decimal(n),
            "commission": Decimal(0),
            "order_no": order_no,
        }
        for n, (ago, order_no) in enumerate(fills)
    ]
    with transaction.atomic():
        load(made)
        found = computed(day, policy)
        assert found == expected(made, day, policy)
        transaction.set_rollback(True)
    event(f"{len(found['C'].movements)} bursts")


def test_cut_with_ties_at_the_percentile() -> None:
    """Ten clients pay; the cut is the ninth of them, and everybody with the same commission is above it."""
    day = dt.date(2024, 2, 29)
    made = Books(clients=[])
    for n, commission in enumerate([1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 0]):
        number = f"C{n:02d}"
        made.clients.append(
            {
                "client_no": number,
                "branch_code": "A",
                "opened_on": dt.date(2020, 1, 1),
                "status": "active",
                "closed_on": None,
            }
        )
        traded_at = dt.datetime(2024, 2, 1, 10)
        made.trades[number] = [
            {
                "trade_no": number,
                "traded_at": traded_at,
                "amount": Decimal(1),
                "commission": Decimal(commission),
                "order_no": "",
            }
        ]
    load(made)
    found = computed(day, {})
    assert [number for number, one in found.items() if "core" in one.matches] == ["C07", "C08", "C09"]
    assert found == expected(made, day, {})


def test_quotients_are_rounded_once() -> None:
    """A mean of 1e12 that lies a hair below a half of a cent stays below it."""
    day, opened = dt.date(2024, 2, 29), dt.date(2020, 1, 1)
    made = Books(
        clients=[{"client_no": "C", "branch_code": "A", "opened_on": opened, "status": "active", "closed_on": None}]
    )
    # 366 days, of which one is smaller: the mean is …999.995 less 1/366 of a cent.
    made.snapshots["C"] = [
        {"day": dt.date(2023, 2, 1), "cash": Decimal("1999999999999.99"), "securities": Decimal(0)},
        {"day": day - dt.timedelta(days=182), "cash": Decimal("1999999999999.98"), "securities": Decimal("0.02")},
        {"day": day, "cash": Decimal("1999999999999.99"), "securities": Decimal(0)},
    ]
    load(made)
    policy = {"window_months": 12}
    assert computed(day, policy) == expected(made, day, policy)
