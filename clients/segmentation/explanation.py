"""The parts of an explanation, and how its figures are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from clients.segmentation.choices import Group, Style, Tier
from clients.segmentation.models import BranchCut, Figures, Policy
from clients.segmentation.rules import Rules
from crm.web import figures


@dataclass(frozen=True)
class Line:
    """One comparison: what is compared, the client's figure, what is asked for, and whether it is met.

    `exact` is the figure in full where `figure` is short.
    """

    what: str
    figure: str
    asked: str
    met: bool
    exact: str = ""


@dataclass(frozen=True)
class Way:
    """One way to meet a rule: all of its lines. `title` tells several ways apart."""

    lines: tuple[Line, ...]
    title: str = ""

    @property
    def met(self) -> bool:
        return all(line.met for line in self.lines)


@dataclass(frozen=True)
class Rule:
    """A tier, a style or a group: met when one of its ways is. `listed`: the policy looks at it at all."""

    code: str
    label: str | Promise
    ways: tuple[Way, ...]
    listed: bool = True
    holds: bool = False  # the client's tier, style or primary group

    @property
    def met(self) -> bool:
        return self.listed and any(way.met for way in self.ways)


@dataclass(frozen=True)
class Explanation:
    """`sentences`: why the client is where he is. `tiers` (highest first), `styles`, `groups` (in the policy's order,
    those it does not list last): the calculation of every one."""

    as_of: dt.date
    policy: Policy
    sentences: list[str]
    tiers: list[Rule]
    styles: list[Rule]
    groups: list[Rule]


@dataclass(frozen=True)
class Case:
    """What a rule looks at: stored figures, the client's opening, the branch's cut, and the policy's days."""

    kept: Figures
    opened_on: dt.date
    rules: Rules
    days: Mapping[str, Any]
    cut: BranchCut | None
    version: int
    client_id: int
    movements: list[dict[str, Any]] = field(default_factory=list)
    look_back: bool = True  # whether the ledger may be asked for what stayed below the thresholds

    @property
    def as_of(self) -> dt.date:
        day: dt.date = self.days["as_of"]
        return day


def amount_line(what: str, value: Decimal, asked: str, met: bool) -> Line:
    """A comparison of money, short with the full figure beside it."""
    return Line(what, figures.amount_short(value), asked, met, figures.money(value))


def at_least(value: Decimal) -> str:
    return f"≥ {figures.amount_short(value)}"


def plain(value: Decimal) -> str:
    """A number of a policy or a ratio without idle zeros: 10, 0.5, 1.25."""
    return f"{value.normalize():f}"


def short_day(day: dt.date) -> str:
    """`11月19日`, `19 Nov`."""
    return f"{day.month}月{day.day}日" if figures.is_chinese() else f"{day.day} {day:%b}"


def long_day(day: dt.date | None) -> str:
    return figures.NONE if day is None else day.isoformat()


def label(choices: type[Tier] | type[Style] | type[Group], code: str) -> str:
    return str(choices(code).label)
