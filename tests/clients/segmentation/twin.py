"""The segmentation once more, slow and plain: day by day over dicts and Decimals, written from the description alone.

It shares no line with the product (not even the defaults of a policy), so that an error has to be made twice to stay
hidden. Rows are dicts as a feed has them; instants are aware, or naive for Asia/Shanghai.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOT_THE_CLIENTS_OWN = ("interest", "dividend", "fee", "tax", "internal")
TIERS = ["silver", "gold", "platinum", "diamond"]
URGENCY = ["alert", "outflow", "trading", "inflow"]
DEFAULTS: dict[str, Any] = {
    "window_months": 3,
    "tiers": {"silver": 0, "gold": 1000000, "platinum": 3000000, "diamond": 10000000},
    "trader": {"trades_per_month": 10, "turnover_ratio": Decimal("1.0")},
    "dormant": {"months": 36, "cash_below": 100},
    "movement": {
        "days": 7,
        "flow": 500000,
        "share": Decimal("0.3"),
        "share_floor": 50000,
        "trades_floor": 20,
        "trades_multiple": 5,
        "trades_baseline_days": 60,
    },
    "new": {"days": 30},
    "core": {"min_tier": "platinum", "commission_top": Decimal("0.10")},
    "at_risk": {"days": 30, "baseline_days": 90, "share": Decimal("0.5"), "floor": 50000},
    "order": ["dormant", "movement", "new", "core", "at_risk", "no_trade"],
}


@dataclass
class Books:
    """All that is known, by client number."""

    clients: list[dict[str, Any]]
    snapshots: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    trades: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    flows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    alerts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class Result:
    tier: str
    style: str
    group: str
    matches: list[str]
    average_assets: Decimal
    trades_per_month: Decimal
    turnover_ratio: Decimal
    commission_12m: Decimal
    total: Decimal
    last_trade_on: dt.date | None
    movements: list[tuple[str, Decimal]]


def with_defaults(policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with every key it leaves out, one level down too."""
    full = dict(DEFAULTS)
    for key, value in policy.items():
        full[key] = {**DEFAULTS[key], **value} if isinstance(value, dict) else value
    return full


def exact(number: Any) -> Fraction:
    """A number of a policy as it is written: 0.3 is three tenths."""
    return Fraction(str(number))


def half_away(number: Fraction, places: int) -> Decimal:
    """Rounded like PostgreSQL's round(numeric, n)."""
    scaled = abs(number) * 10**places
    whole = (scaled + Fraction(1, 2)).__floor__()
    rounded: Decimal = (Decimal(whole if number >= 0 else -whole) / 10**places).quantize(Decimal(1).scaleb(-places))
    return rounded


def months_before(day: dt.date, months: int) -> dt.date:
    """`day - interval 'n months'`: the same day of the month, or the month's last."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shanghai_day(moment: dt.datetime | dt.date) -> dt.date:
    if isinstance(moment, dt.datetime):
        return moment.astimezone(SHANGHAI).date() if moment.tzinfo else moment.date()
    return moment


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from `first` to `last`, both included."""
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


class Client:
    """One client as of a day."""

    def __init__(self, row: dict[str, Any], books: Books, as_of: dt.date, policy: dict[str, Any]) -> None:
        number = row["client_no"]
        self.row, self.day, self.policy = row, as_of, policy
        self.snapshots = {s["day"]: s for s in books.snapshots.get(number, []) if s["day"] <= as_of}
        self.trades = [t | {"day": shanghai_day(t["traded_at"])} for t in books.trades.get(number, [])]
        self.trades = [t for t in self.trades if t["day"] <= as_of]
        self.flows = [f | {"day": shanghai_day(f["occurred_at"])} for f in books.flows.get(number, [])]
        self.flows = [f for f in self.flows if f["day"] <= as_of]
        self.alerts = books.alerts.get(number, [])
        self.snapshot_days = sorted(self.snapshots)
        self.figures()

    def snapshot(self, day: dt.date) -> dict[str, Any]:
        before = [d for d in self.snapshot_days if d <= day]
        return self.snapshots[before[-1]] if before else {"cash": Decimal(0), "securities": Decimal(0)}

    def total(self, day: dt.date) -> Decimal:
        held = self.snapshot(day)
        total: Decimal = held["cash"] + held["securities"]
        return total

    def mean(self, days: list[dt.date]) -> Decimal:
        return half_away(Fraction(sum((self.total(d) for d in days), Decimal(0))) / len(days), 2)

    @staticmethod
    def count(trades: list[dict[str, Any]]) -> int:
        orders = {t["order_no"] for t in trades if t["order_no"]}
        return len(orders) + sum(1 for t in trades if not t["order_no"])

    def figures(self) -> None:
        start = months_before(self.day, self.policy["window_months"]) + dt.timedelta(days=1)
        window = days_between(max(start, self.row["opened_on"]), self.day)
        at_least_30 = max(len(window), 30)
        traded = [t for t in self.trades if window[0] <= t["day"] <= self.day]
        self.average_assets = self.mean(window)
        self.trades_per_month = half_away(Fraction(self.count(traded) * 30, at_least_30), 4)
        amount = Fraction(sum((t["amount"] for t in traded), Decimal(0)))
        if self.average_assets > 0:
            self.turnover_ratio = half_away(amount / Fraction(self.average_assets) * 30 / at_least_30, 4)
        else:
            self.turnover_ratio = Decimal("0.0000")
        year_ago = months_before(self.day, 12)
        self.commission_12m = sum((t["commission"] for t in self.trades if t["day"] > year_ago), Decimal("0.00"))
        self.last_trade_on = max((t["day"] for t in self.trades), default=None)

    def net_flow(self, day: dt.date) -> Decimal:
        own = [f for f in self.flows if f["day"] == day and f["kind"] not in NOT_THE_CLIENTS_OWN]
        return sum((f["amount"] if f["direction"] == "in" else -f["amount"] for f in own), Decimal(0))

    def tier(self) -> str:
        reached = [t for t in TIERS if exact(self.policy["tiers"][t]) <= Fraction(self.average_assets)]
        return reached[-1] if reached else "none"

    def style(self) -> str:
        trader = self.policy["trader"]
        often = Fraction(self.trades_per_month) >= exact(trader["trades_per_month"])
        much = Fraction(self.turnover_ratio) >= exact(trader["turnover_ratio"])
        return "trader" if often or much else "investor"

    def movements(self) -> list[tuple[str, Decimal]]:
        """Kinds and sizes, the most urgent first."""
        days = [self.day - dt.timedelta(days=n) for n in range(self.policy["movement"]["days"])]
        found = [("alert", Decimal(0)) for a in self.alerts if self.is_open(a)]
        found += [f for d in days if (f := self.flow_movement(d))]
        found += [t for d in days if (t := self.trading_movement(d))]
        return sorted(found, key=lambda movement: (URGENCY.index(movement[0]), -movement[1]))

    def is_open(self, alert: dict[str, Any]) -> bool:
        closed = alert["closed_on"]
        return alert["raised_on"] <= self.day and (closed is None or closed > self.day)

    def flow_movement(self, day: dt.date) -> tuple[str, Decimal] | None:
        rule, net = self.policy["movement"], self.net_flow(day)
        before, size = Fraction(self.total(day - dt.timedelta(days=1))), Fraction(abs(net))
        large = size >= exact(rule["flow"])
        share = before > 0 and size >= exact(rule["share"]) * before and size >= exact(rule["share_floor"])
        return ("outflow" if net < 0 else "inflow", abs(net)) if large or share else None

    def trading_movement(self, day: dt.date) -> tuple[str, Decimal] | None:
        rule = self.policy["movement"]
        today = [t for t in self.trades if t["day"] == day]
        counts = []
        for n in range(1, rule["trades_baseline_days"] + 1):
            earlier = [t for t in self.trades if t["day"] == day - dt.timedelta(days=n)]
            counts += [self.count(earlier)] if earlier else []
        baseline = Fraction(sum(counts), len(counts)) if counts else Fraction(0)
        number = self.count(today)
        if number >= exact(rule["trades_floor"]) and number >= exact(rule["trades_multiple"]) * baseline:
            return "trading", sum((t["amount"] for t in today), Decimal(0))
        return None

    def dormant(self) -> bool:
        rule, held = self.policy["dormant"], self.snapshot(self.day)
        since = months_before(self.day, rule["months"])
        empty = held["securities"] == 0 and Fraction(held["cash"]) < exact(rule["cash_below"])
        traded = self.last_trade_on is not None and self.last_trade_on > since
        return bool(empty and not traded and self.row["opened_on"] <= since)

    def new(self) -> bool:
        return bool(self.row["opened_on"] > self.day - dt.timedelta(days=self.policy["new"]["days"]))

    def no_trade(self) -> bool:
        return not self.new() and self.last_trade_on is None

    def core(self, cut: Decimal | None) -> bool:
        if self.tier() != "none" and TIERS.index(self.tier()) >= TIERS.index(self.policy["core"]["min_tier"]):
            return True
        return self.commission_12m > 0 and cut is not None and self.commission_12m >= cut

    def at_risk(self) -> bool:
        rule = self.policy["at_risk"]
        turn = self.day - dt.timedelta(days=rule["days"])
        earlier = days_between(turn - dt.timedelta(days=rule["baseline_days"] - 1), turn)
        recent = days_between(turn + dt.timedelta(days=1), self.day)
        before, now = Fraction(self.mean(earlier)), Fraction(self.mean(recent))
        return now <= exact(rule["share"]) * before and before >= exact(rule["floor"])

    def result(self, cut: Decimal | None) -> Result:
        movements = self.movements()
        checks = {
            "dormant": self.dormant,
            "movement": lambda: bool(movements),
            "new": self.new,
            "core": lambda: self.core(cut),
            "at_risk": self.at_risk,
            "no_trade": self.no_trade,
        }
        matches = [group for group in self.policy["order"] if checks[group]()]
        return Result(
            tier=self.tier(),
            style=self.style(),
            group=matches[0] if matches else "general",
            matches=matches,
            average_assets=self.average_assets,
            trades_per_month=self.trades_per_month,
            turnover_ratio=self.turnover_ratio,
            commission_12m=self.commission_12m,
            total=self.total(self.day),
            last_trade_on=self.last_trade_on,
            movements=movements,
        )


def in_run(row: dict[str, Any], day: dt.date) -> bool:
    closed = row["closed_on"] <= day if row["closed_on"] else row["status"] == "closed"
    return bool(row["opened_on"] <= day and not closed)


def cuts(clients: list[Client], top: Fraction) -> dict[str, Decimal]:
    """Per branch, the commission from which a client belongs to the top share."""
    found: dict[str, Decimal] = {}
    for branch in {c.row["branch_code"] for c in clients}:
        paid = sorted(c.commission_12m for c in clients if c.row["branch_code"] == branch and c.commission_12m > 0)
        if paid:
            rank = max(1, ((1 - top) * len(paid)).__ceil__())
            found[branch] = paid[rank - 1]
    return found


def segment(books: Books, as_of: dt.date, policy: dict[str, Any]) -> dict[str, Result]:
    """Everything about every client of the run, by client number."""
    full = with_defaults(policy)
    clients = [Client(row, books, as_of, full) for row in books.clients if in_run(row, as_of)]
    cut = cuts(clients, exact(full["core"]["commission_top"]))
    return {c.row["client_no"]: c.result(cut.get(c.row["branch_code"])) for c in clients}
