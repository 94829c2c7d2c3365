"""Changes of segment as lines of a list: before, after, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.html import conditional_escape as safe
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from clients.desk.rows import branch_short, client_url
from clients.desk.sentences import reason_in_short
from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.segmentation.choices import ChangeKind
from clients.segmentation.filters import change_list
from clients.segmentation.models import Run, SegmentChange
from crm.organisation.models import Unit, User
from crm.web.figures import NONE
from crm.web.lists import Column, ListSpec
from crm.web.lists.cells import Cell, drawer
from crm.web.templatetags.ui import amount_short, badge, grouped

NAME = "overnight"
MANAGER = Column("manager", gettext_lazy("Customer manager"), usual=False)
Sides = list[tuple[str, str]]  # kinds and codes of badges


class ChangeRow(NamedTuple):
    """One change, ready to be written."""

    url: str
    number: str
    name: str
    is_own: bool
    before: Sides
    after: Sides
    why: str
    assets: Decimal
    branch: str
    manager: str
    as_of: dt.date
    cells: SafeString = SafeString("")  # those of the columns that are shown, in their order


def overnight_list(run_id: int, branches: Sequence[Unit]) -> ListSpec:
    """The changes of the newest run, as readers may choose its columns."""
    spec = change_list(run_id, branches)
    columns = [replace(column, lead=column.name == "number") for column in spec.columns]
    return replace(
        spec,
        columns=[*columns, MANAGER],
        choosable=True,
    )


def changes_overnight(user: User, run: Run | None) -> QuerySet[SegmentChange]:
    """The changes of `run` in the scope of `user`."""
    changes = SegmentChange.objects.visible_to(user)
    return changes.filter(run=run) if run is not None else changes.none()


def drawn(changes: Sequence[SegmentChange], own_ids: frozenset[int], columns: Sequence[Column]) -> list[ChangeRow]:
    """The lines of a page, with the cells of `columns`: one query for their clients."""
    found = Client.objects.select_related("branch", "manager")
    clients = found.in_bulk([change.client_id for change in changes])
    draw = drawer(columns, CELLS)
    rows = (row_of(change, clients[change.client_id], own_ids) for change in changes)
    return [row._replace(cells=draw(row)) for row in rows]


def row_of(change: SegmentChange, client: Client, own_ids: frozenset[int]) -> ChangeRow:
    """One line. `client` comes with branch and manager; those of the managers in `own_ids` are in clear."""
    is_own = client.manager_id in own_ids
    return ChangeRow(
        url=client_url(client.client_no),
        number=client.client_no,
        name=shown_name(client.name, client.kind, clear=is_own),
        is_own=is_own,
        before=before(change),
        after=after(change),
        why=reason_in_short(change),
        assets=change.average_assets,
        branch=branch_short(client.branch.name),
        manager=client.manager.name if client.manager else "",
        as_of=change.as_of,
    )


def badges_before(change: SegmentChange) -> list[SafeString]:
    """As `before`, drawn."""
    return [badge(*one) for one in before(change)]


def badges_after(change: SegmentChange) -> list[SafeString]:
    """As `after`, drawn."""
    return [badge(*one) for one in after(change)]


def before(change: SegmentChange) -> Sides:
    """What of the former standing no longer holds; nothing for a client's first."""
    if not change.old_group:
        return []
    return _side(change, change.old_tier, change.old_style, change.old_matches or [change.old_group])


def after(change: SegmentChange) -> Sides:
    """What is new; for a closed client that alone."""
    if change.kind == ChangeKind.CLOSING:
        return [("client", "closed")]
    return _side(change, change.tier, change.style, change.matches or [change.group])


def _side(change: SegmentChange, tier: str, style: str, groups: Sequence[str]) -> Sides:
    """One side of a change: tier, style and groups, each only where the two sides differ. The primary group leads."""
    shown = [("tier", tier)] if change.old_tier != change.tier else []
    shown += [("style", style)] if change.old_style != change.style else []
    if (change.old_group, change.old_matches) != (change.group, change.matches):
        shown += [("group", code) for code in groups]
    return shown


def _badges(side: Sides) -> str:
    return f'<span class="badges">{"".join(badge(*one) for one in side) or NONE}</span>'


CELLS: dict[str, Cell[ChangeRow]] = {
    "number": Cell(
        lambda row: f'<a href="{safe(row.url)}" data-row-link>{safe(grouped(row.number))}</a>',
        "cell-lead nowrap",
        labelled=False,
    ),
    "name": Cell(lambda row: safe(row.name), "client-name nowrap", labelled=False),
    "branch": Cell(lambda row: safe(row.branch), "nowrap", labelled=False),
    "before": Cell(lambda row: _badges(row.before), "cell-wide"),
    "after": Cell(lambda row: _badges(row.after), "cell-wide"),
    "why": Cell(lambda row: safe(row.why) or NONE, "cell-wide", labelled=False),
    "assets": Cell(lambda row: safe(amount_short(row.assets)), "num"),
    "manager": Cell(lambda row: safe(row.manager) or NONE),
}
