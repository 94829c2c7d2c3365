"""Where the clients stand today, as the charts and tables of the composition page show it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, Sum
from django.urls import reverse

from clients.segmentation.choices import Group, Style, Tier
from clients.segmentation.models import Composition, Run
from clients.segmentation.selectors import standing_runs
from crm.access.scope import Scope
from crm.organisation.models import Unit
from crm.web.badges import badge_of

TIERS = [str(code) for code in reversed(Tier.values)]  # the highest first, as people read them
STYLES = [str(code) for code in Style.values]
GROUPS = [str(code) for code in Group.values]
TREND_GROUPS = [code for code in GROUPS if code != Group.GENERAL]  # the rest would press the others flat
TREND_NIGHTS = 30


@dataclass(frozen=True)
class Cell:
    """A figure with the clients behind it."""

    count: int
    url: str


@dataclass(frozen=True)
class Line:
    """A line of a table: its code, its cells, their sum, and the assets (CNY) of its clients."""

    code: str
    label: str
    url: str
    cells: list[Cell]
    total: int
    assets: Decimal
    matches: int | None = None  # who matches the group, whatever his primary one


@dataclass(frozen=True)
class Picture:
    """Everything the page draws. `branches` is empty for somebody who sees one branch alone."""

    run: Run
    total: int
    assets: Decimal
    tiers: list[Line]
    groups: list[Line]
    branches: list[Line]
    styles: list[Cell]


def clients_url(**filters: str) -> str:
    """The client list with these filters."""
    return f"{reverse('clients:list')}?{urlencode(filters)}"


def word(kind: str, code: str) -> str:
    return str(badge_of(kind, code).label)


def in_scope(scope: Scope, run: Run) -> QuerySet[Composition]:
    """The composition of a run, of the branches in a scope."""
    found = Composition.objects.filter(run=run)
    return found if scope.everything else found.filter(branch_id__in=sorted(scope.branch_ids))


def picture(scope: Scope, run: Run) -> Picture:
    """The composition of `run` in `scope`: two queries, whatever the number of clients."""
    rows = list(in_scope(scope, run).values_list("branch_id", "tier", "style", "group", "clients", "assets"))
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={row[0] for row in rows}).only("code", "name")}
    several = len(units) > 1
    matches = run.summary["matches"] if scope.everything else {}
    groups = _lines(rows, "group", GROUPS, 3, "tier", TIERS, 1)
    return Picture(
        run=run,
        total=sum(row[4] for row in rows),
        assets=sum((row[5] for row in rows), Decimal(0)),
        tiers=_lines(rows, "tier", TIERS, 1, "style", STYLES, 2),
        groups=[replace(line, matches=matches.get(line.code)) for line in groups],
        branches=_branch_lines(rows, units) if several else [],
        styles=[Cell(sum(row[4] for row in rows if row[2] == style), clients_url(style=style)) for style in STYLES],
    )


def _lines(
    rows: Iterable[tuple[Any, ...]],
    name: str,
    codes: Sequence[str],
    at: int,
    across: str,
    columns: Sequence[str],
    column_at: int,
) -> list[Line]:
    """One line a code of `name` (column `at` of the rows), one cell a code of `across`."""
    counts: Counter[tuple[str, str]] = Counter()
    assets: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        counts[row[at], row[column_at]] += row[4]
        assets[row[at]] += row[5]
    lines = []
    for code in codes:
        cells = [Cell(counts[code, other], clients_url(**{name: code, across: other})) for other in columns]
        total = sum(cell.count for cell in cells)
        lines.append(Line(code, word(name, code), clients_url(**{name: code}), cells, total, assets[code]))
    return lines


def _branch_lines(rows: Iterable[tuple[Any, ...]], units: dict[int, Unit]) -> list[Line]:
    """Branches down, groups across; the branch with the most clients first."""
    counts: Counter[tuple[int, str]] = Counter()
    assets: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        counts[row[0], row[3]] += row[4]
        assets[row[0]] += row[5]
    lines = []
    for pk, unit in units.items():
        cells = [Cell(counts[pk, group], clients_url(branch=unit.code, group=group)) for group in GROUPS]
        total = sum(cell.count for cell in cells)
        lines.append(Line(unit.code, unit.name, clients_url(branch=unit.code), cells, total, assets[pk]))
    return sorted(lines, key=lambda line: (-line.total, line.code))


def heatmap(found: Picture) -> dict[str, Any]:
    """Tier × style for the chart."""
    return {
        "rows": [line.label for line in found.tiers],
        "columns": [word("style", style) for style in STYLES],
        "values": [[cell.count for cell in line.cells] for line in found.tiers],
        "urls": [[cell.url for cell in line.cells] for line in found.tiers],
    }


def group_bars(found: Picture, series: str) -> dict[str, Any]:
    """Clients by primary group for the chart."""
    return {
        "labels": [line.label for line in found.groups],
        "series": [{"name": series, "values": [line.total for line in found.groups]}],
        "urls": [line.url for line in found.groups],
        "horizontal": True,
    }


@dataclass(frozen=True)
class Night:
    """One night of the trend: the counts in the order of TREND_GROUPS."""

    run: Run
    counts: list[int]


def trend(scope: Scope) -> list[Night]:
    """The groups over the last nights, oldest first: of each the result that stands, also where a backfill replaced the
    night's own. One query for headquarters, two for others."""
    nights = standing_runs().values("as_of")
    results = Run.objects.filter(replaced_by=None, as_of__in=nights).select_related("policy").order_by("-as_of")
    runs = list(results[:TREND_NIGHTS])[::-1]
    if scope.everything:
        return [Night(run, [run.summary["group"].get(code, 0) for code in TREND_GROUPS]) for run in runs]
    found = Composition.objects.filter(run__in=runs, branch_id__in=sorted(scope.branch_ids))
    sums = found.values_list("run_id", "group").annotate(clients=Sum("clients")).order_by()
    counts = {(run, group): clients for run, group, clients in sums}
    return [Night(run, [counts.get((run.pk, code), 0) for code in TREND_GROUPS]) for run in runs]


def trend_lines(nights: Sequence[Night]) -> dict[str, Any]:
    """The trend for the chart."""
    return {
        "labels": [f"{night.run.as_of:%m-%d}" for night in nights],
        "series": [
            {"name": word("group", code), "type": "line", "values": [night.counts[place] for night in nights]}
            for place, code in enumerate(TREND_GROUPS)
        ],
    }
