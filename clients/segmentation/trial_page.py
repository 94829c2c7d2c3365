"""A trial as the pages show it: matrices from today's boxes to the tried ones, and the calls it would make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.profile.policies import shown_name
from clients.segmentation.choices import Group, Style, Tier
from clients.segmentation.models import TrialResult
from clients.segmentation.trials import CALLED, Cells, Trial
from crm.jobs.models import Job
from crm.organisation.models import Unit, User
from crm.web.badges import badge_of
from crm.web.lists import Column, ListSpec, Sort
from crm.web.templatetags.ui import badge, grouped

Behind = Callable[[str, str, str], str]
NOWHERE = "-"  # stands in addresses for "in no run"
AXES: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "tier": (gettext_lazy("Tier"), tuple(str(code) for code in reversed(Tier.values))),
    "style": (gettext_lazy("Style"), tuple(str(code) for code in Style.values)),
    "group": (gettext_lazy("Group"), tuple(str(code) for code in Group.values)),
}

CLIENT_LIST = ListSpec(
    name="trial",
    columns=(
        Column("number", gettext_lazy("Client number")),
        Column("name", pgettext_lazy("person", "Name")),
        Column("branch", gettext_lazy("Branch")),
        Column("before", pgettext_lazy("standing", "Today")),
        Column("after", gettext_lazy("Under the trial")),
        Column("assets", gettext_lazy("Average assets"), number=True),
    ),
    sorts=(Sort("number", gettext_lazy("Client number"), "client_id", tie=()),),
)


@dataclass(frozen=True)
class Cell:
    """How many clients go from one box to another; `stays` on the diagonal."""

    count: int
    url: str
    stays: bool


@dataclass(frozen=True)
class MatrixRow:
    word: str
    cells: list[Cell]
    total: int


@dataclass(frozen=True)
class Sum:
    """A column's sum under the trial, and how much more or less that is than today."""

    count: int
    change: int
    sign: str


@dataclass(frozen=True)
class Box:
    """How many stand in a box today, and how many would under the trial."""

    word: str
    before: int
    after: Sum


@dataclass(frozen=True)
class Matrix:
    """From today's boxes (rows) to those under the trial (columns)."""

    axis: str
    title: str
    words: list[str]
    rows: list[MatrixRow]
    sums: list[Sum]

    @property
    def anchor(self) -> str:
        return f"trial-{self.axis}"

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(cell.count for row in self.rows for cell in row.cells if not cell.stays)

    @property
    def boxes(self) -> list[Box]:
        """Every box with its count today and under the trial."""
        before = {row.word: row.total for row in self.rows}
        after = dict(zip(self.words, self.sums, strict=True))
        words = dict.fromkeys([*before, *after])
        return [Box(word, before.get(word, 0), after.get(word) or _sum(0, before.get(word, 0))) for word in words]

    @property
    def most(self) -> int:
        """The largest number that moves, for the shades."""
        return max((cell.count for row in self.rows for cell in row.cells if not cell.stays), default=0)


@dataclass(frozen=True)
class CallLine:
    """The calls of one branch on the day, by reason; `sms` are movements beyond the day's cap."""

    word: str
    cells: list[Cell]
    calls: int
    sms: int


@dataclass(frozen=True)
class Calls:
    words: list[str]
    lines: list[CallLine]
    total: int
    sms: int


def matrices(found: Trial, job: Job, *, kept: bool) -> list[Matrix]:
    """Tier, style and group. `kept`: the clients behind the cells can still be listed."""

    def behind(axis: str, before: str, after: str) -> str:
        return reverse("clients:trial-cell", args=[job.pk, axis, before, after]) if kept else ""

    return [matrix_of(axis, cells, behind) for axis, cells in _axes(found)]


def _axes(found: Trial) -> list[tuple[str, Cells]]:
    return [("tier", found.tier), ("style", found.style), ("group", found.group)]


def matrix_of(axis: str, cells: Cells, behind: Behind) -> Matrix:
    """Counts by box before and after as a matrix; `behind` gives the address of a cell's clients, "-" for no run."""
    title, known = AXES[axis]
    old = [code for code in (*known, "") if code or any(cells.get("", {}).values())]
    new = [code for code in (*known, "") if code or any(line.get("", 0) for line in cells.values())]
    rows = []
    for before in old:
        line = [_cell(axis, before, after, cells.get(before, {}).get(after, 0), behind) for after in new]
        rows.append(MatrixRow(box(axis, before), line, sum(cell.count for cell in line)))
    today = {code: row.total for code, row in zip(old, rows, strict=True)}
    sums = []
    for place, code in enumerate(new):
        sums.append(_sum(sum(row.cells[place].count for row in rows), today.get(code, 0)))
    return Matrix(axis, str(title), [box(axis, code) for code in new], rows, sums)


def _sum(count: int, today: int) -> Sum:
    change = count - today
    return Sum(count, abs(change), "+" if change > 0 else "−" if change < 0 else "")


def _cell(axis: str, before: str, after: str, count: int, behind: Behind) -> Cell:
    return Cell(count, behind(axis, before or NOWHERE, after or NOWHERE) if count else "", before == after)


def box(axis: str, code: str) -> str:
    """The word of a box; "" is in no run."""
    return str(badge_of(axis, code).label) if code else _("in no run")


def calls_of(found: Trial, job: Job, branches: dict[int, Unit], *, kept: bool) -> Calls:
    """The calls that the trial would make on its day, branch by branch, the busiest first."""
    groups = [str(group) for group in CALLED]
    lines = []
    for one in found.calls:
        branch = branches.get(one.branch_id)
        if branch is not None:
            cells = [_entering(job, group, branch.pk, one.entries.get(group, 0), kept) for group in groups]
            lines.append(CallLine(branch.name, cells, one.calls, one.sms))
    lines.sort(key=lambda line: (-line.calls, line.word))
    words = [str(badge_of("group", group).label) for group in groups]
    return Calls(words, lines, sum(line.calls for line in lines), sum(line.sms for line in lines))


def _entering(job: Job, group: str, branch: int, count: int, kept: bool) -> Cell:
    url = reverse("clients:trial-entering", args=[job.pk, group, branch]) if kept else ""
    return Cell(count, url if count else "", stays=False)


class ClientRow(NamedTuple):
    """One client behind a cell."""

    url: str
    number: str
    name: str
    branch: str
    before: Sequence[str]
    after: Sequence[str]
    assets: object


def clients_behind(job: Job, user: User) -> QuerySet[TrialResult]:
    """The clients of a trial in the reader's scope."""
    kept = TrialResult.objects.filter(job=job).visible_to(user)
    return kept.select_related("client", "client__branch")


def client_rows(found: Sequence[TrialResult]) -> list[ClientRow]:
    """The clients of a page; names are masked for everybody."""
    return [_client_row(one) for one in found]


def _client_row(one: TrialResult) -> ClientRow:
    client = one.client
    before = [one.old_tier, one.old_style, *(one.old_matches or [one.old_group])] if one.old_group else []
    return ClientRow(
        url=reverse("clients:detail", args=[client.client_no]),
        number=grouped(client.client_no),
        name=shown_name(client.name, client.kind, clear=False),
        branch=client.branch.name,
        before=_badges(before),
        after=_badges([one.tier, one.style, *(one.matches or [one.group])] if one.group else []),
        assets=one.average_assets,
    )


def _badges(codes: Sequence[str]) -> list[str]:
    if not codes:
        return []
    tier, style, *groups = codes
    return [badge("tier", tier), badge("style", style), *(badge("group", group) for group in groups)]
