"""A small firm of four branches in two regions, with a baseline run on Thursday and the night of Friday.

What the pages must say of it comes from the plain-Python twin: it reads the same books and shares no code with them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Policy, Run
from clients.segmentation.services import propose_policy, run_segmentation
from crm.organisation.models import Unit, User
from tests.clients.segmentation.books import load
from tests.clients.segmentation.twin import Books, Result, segment
from tests.factories.people import person
from tests.factories.units import RegionFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
BASE, NIGHT = dt.date(2026, 11, 19), dt.date(2026, 11, 20)
MORNING = dt.datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
TODAY = MORNING.date()
REGIONS = {"SH1": "EAST", "SH2": "EAST", "SZ1": "SOUTH", "GZ1": "SOUTH"}
SCOPES = {"compliance": list(REGIONS), "region_head": ["SH1", "SH2"], "general_manager": ["SZ1"]}
# Whose change on Friday stands on a movement, the most urgent first.
RANKED = ["SH1-alert", "SH1-outflow", "SZ1-again", "SH2-outflow", "SZ1-burst", "SH2-inflow"]
CLEAR_NAME = "欧阳志远"  # of everybody: it must never stand on a page of many clients

START, LONG_AGO, OLD = dt.date(2026, 1, 5), dt.date(2020, 1, 2), dt.date(2026, 2, 2)
SIDEWAYS = dt.date(2026, 10, 20)

# How many clients of each kind a branch has, beside those to whom something happens on Friday.
KINDS: dict[str, dict[str, int]] = {
    "SH1": {"dormant": 1, "diamond": 1, "platinum": 2, "gold": 3, "plain": 4, "idle": 2, "fresh": 2, "trader": 2},
    "SH2": {"dormant": 2, "platinum": 1, "gold": 1, "plain": 3, "idle": 1, "leaving": 1, "overdrawn": 1},
    "SZ1": {"diamond": 2, "gold": 1, "plain": 5, "fresh": 1, "trader": 1, "payer": 1, "suspended": 1},
    "GZ1": {"dormant": 1, "plain": 2, "leaving": 2, "payer": 1},
}


class Book(Books):
    """Books to which one client after the other is added."""

    def add(
        self,
        branch: str,
        name: str,
        held: int = 200_000,
        *,
        opened: dt.date = LONG_AGO,
        idle: bool = False,
        **fields: Any,
    ) -> str:
        """A client who has held `held` yuan since January and, unless `idle`, traded once in February, without
        commission. Returns the client's number."""
        number = f"{branch}-{name}"
        row = {"client_no": number, "branch_code": branch, "opened_on": opened, "status": "active", "closed_on": None}
        self.clients.append(row | fields)
        self.hold(number, max(START, opened), held)
        if not idle:
            self.trade(number, OLD, 1_000)
        return number

    def hold(self, number: str, day: dt.date, securities: int) -> None:
        row = {"day": day, "cash": Decimal(0), "securities": Decimal(securities)}
        self.snapshots.setdefault(number, []).append(row)

    def trade(self, number: str, day: dt.date, amount: int, commission: int = 0) -> None:
        kept = self.trades.setdefault(number, [])
        kept.append(
            {
                "trade_no": f"T-{number}-{len(kept)}",
                "traded_at": dt.datetime.combine(day, dt.time(10), SHANGHAI),
                "amount": Decimal(amount),
                "commission": Decimal(commission),
                "order_no": "",
            }
        )

    def flow(self, number: str, direction: str, amount: int, day: dt.date = NIGHT) -> None:
        at = dt.datetime.combine(day, dt.time(11), SHANGHAI)
        row = {"flow_no": f"F-{number}", "occurred_at": at, "direction": direction, "kind": "transfer"}
        self.flows[number] = [row | {"amount": Decimal(amount)}]


def _plain(book: Book, branch: str, name: str, kind: str) -> None:
    """A client of a kind to whom nothing happens."""
    if kind in ("diamond", "platinum", "gold", "plain"):
        book.add(
            branch, name, {"diamond": 20_000_000, "platinum": 5_000_000, "gold": 1_500_000, "plain": 200_000}[kind]
        )
    elif kind == "dormant":
        book.add(branch, name, 0, opened=dt.date(2015, 1, 5), idle=True)
    elif kind == "idle":
        book.add(branch, name, 80_000, idle=True)
    elif kind == "fresh":
        book.add(branch, name, 30_000, opened=dt.date(2026, 11, 5), idle=True)
    elif kind == "leaving":
        book.hold(book.add(branch, name), dt.date(2026, 10, 10), 20_000)
    elif kind == "trader":
        book.trade(book.add(branch, name), SIDEWAYS, 1_000_000)
    elif kind == "payer":
        book.trade(book.add(branch, name), SIDEWAYS, 50_000, commission=900)
    elif kind == "overdrawn":
        book.add(branch, name, -500)
    else:
        book.add(branch, name, status=kind)


def _friday(book: Book) -> None:
    """Whose tier, style or group changes between the two runs, by what happens on Friday."""
    book.alerts[book.add("SH1", "alert", 80_000, idle=True)] = [
        {"alert_no": "A-1", "raised_on": NIGHT, "closed_on": None}
    ]
    book.flow(book.add("SH1", "outflow", 1_600_000), "out", 600_000)
    book.add("SH1", "born", 10_000, opened=NIGHT, idle=True)
    book.flow(book.add("SH2", "inflow"), "in", 550_000)
    book.flow(book.add("SH2", "outflow"), "out", 90_000)
    book.add("SH2", "shut", 1_500_000, status="closed", closed_on=NIGHT)
    asleep = book.add("SH2", "asleep", 0, opened=dt.date(2015, 1, 5), idle=True)
    book.trade(asleep, dt.date(NIGHT.year - 3, NIGHT.month, NIGHT.day), 1_000)  # 36 months ago on Friday
    burst = book.add("SZ1", "burst")
    for _ in range(20):
        book.trade(burst, NIGHT, 1_000)
    book.hold(book.add("SZ1", "up", 999_000), NIGHT, 2_000_000)
    book.hold(book.add("SZ1", "down", 1_000_100), NIGHT, 0)
    book.hold(book.add("GZ1", "lesser", 3_000_010), NIGHT, 0)
    book.trade(book.add("GZ1", "lively"), NIGHT, 1_000_000)
    book.hold(book.add("GZ1", "risen", 2_990_000), NIGHT, 5_000_000)
    book.hold(book.add("GZ1", "richer", 9_990_000), NIGHT, 20_000_000)  # another tier, core before and after
    again = book.add("SZ1", "again", 1_000_100)  # in movement since Tuesday; on Friday another tier
    book.flow(again, "out", 310_000, day=NIGHT - dt.timedelta(days=3))
    book.hold(again, NIGHT, 0)
    book.hold(book.add("GZ1", "waning"), NIGHT - dt.timedelta(days=14), 0)


@cache
def books() -> Book:
    """Everything that the firm knows of its clients."""
    book = Book(clients=[])
    for branch, kinds in KINDS.items():
        for kind, number in kinds.items():
            for n in range(number):
                _plain(book, branch, f"{kind}{n}", kind)
    _friday(book)
    return book


@cache
def found(day: dt.date, gold: int = 1_000_000) -> dict[str, Result]:
    """What the twin finds of every client of the run of `day`, by number; `gold` is the threshold of that tier."""
    return segment(books(), day, {"tiers": {"gold": gold}})


@dataclass(frozen=True)
class Firm:
    """The firm in the database, with its two runs."""

    branches: dict[str, Unit]
    regions: dict[str, Unit]
    base: Run
    night: Run

    def results(self, day: dt.date = NIGHT, branches: Iterable[str] = REGIONS) -> dict[str, Result]:
        """What the twin found of the clients of these branches."""
        codes = set(branches)
        return {number: one for number, one in found(day).items() if branch_of(number) in codes}


def branch_of(number: str) -> str:
    return number.partition("-")[0]


def counted(results: dict[str, Result], key: Callable[[str, Result], Any]) -> Counter[Any]:
    """How many of `results` have which key."""
    return Counter(key(number, one) for number, one in results.items())


def place(one: Result | None) -> tuple[str, str, str, list[str]] | None:
    """Where a client stands; nowhere for one who is in no run."""
    return (one.tier, one.style, one.group, one.matches) if one else None


def moved(branches: Iterable[str] = REGIONS) -> set[str]:
    """The numbers of the clients of these branches who stand otherwise on Friday than on Thursday."""
    old, new = found(BASE), found(NIGHT)
    codes = set(branches)
    numbers = {number for number in {*old, *new} if branch_of(number) in codes}
    return {number for number in numbers if place(old.get(number)) != place(new.get(number))}


def set_up() -> Firm:
    """Load the books, put the branches under their regions, and make the two runs."""
    load(books())
    regions: dict[str, Unit] = {code: RegionFactory(code=code, name=code) for code in dict.fromkeys(REGIONS.values())}
    branches = {}
    for unit in Unit.objects.filter(code__in=REGIONS):
        unit.parent, unit.name = regions[REGIONS[unit.code]], f"{unit.code}营业部"
        unit.save()
        branches[unit.code] = unit
    Client.objects.update(name=CLEAR_NAME)
    base, night = (run_segmentation(as_of=day, kind=RunKind.NIGHTLY, by=None) for day in (BASE, NIGHT))
    return Firm(branches, regions, base, night)


def reader(firm: Firm, role: str) -> User:
    """Somebody in `role` who sees the branches in SCOPES."""
    return person(role, {"region_head": firm.regions["EAST"], "general_manager": firm.branches["SZ1"]}.get(role))


def proposed(by: User | None = None, on: dt.date = TODAY, **changes: Any) -> Policy:
    """A version that waits for its decision, from `on`; `changes` are its rules where they are not the defaults."""
    return propose_policy(
        name="More gold",
        rules_given=changes or {"tiers": {"gold": 900_000}},
        effective_on=on,
        note="The branches asked for it.",
        by=by or person("sales_trading_hq", name="钱程"),
    )
