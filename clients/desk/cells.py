"""The cells of the client list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import conditional_escape as safe
from django.utils.translation import gettext as _

from clients.profile.choices import ClientKind
from crm.web.figures import NONE
from crm.web.lists.cells import Cell
from crm.web.templatetags.ui import icon, when

if TYPE_CHECKING:
    from clients.desk.rows import Row


def _number(row: Row) -> str:
    return f'<a href="{safe(row.url)}" data-row-link>{safe(row.number)}</a>'


def _name(row: Row) -> str:
    return f"{safe(row.name)} {row.status}" if row.status else safe(row.name)


def _risk(row: Row) -> str:
    if not row.expired:
        return safe(row.risk) or NONE
    return f'<span class="loud">{icon("alert-circle")} {safe(row.risk)} {_("expired")}</span>'


def _tags(row: Row) -> str:
    return " ".join(f'<span class="badge tag">{safe(tag)}</span>' for tag in row.tags) or NONE


CELLS: dict[str, Cell[Row]] = {
    "number": Cell(_number, "cell-lead", labelled=False),
    "name": Cell(_name, "client-name", labelled=False),
    "tier": Cell(lambda row: row.tier, labelled=False),
    "style": Cell(lambda row: safe(row.style), labelled=False),
    "group": Cell(lambda row: row.group, labelled=False),
    "assets": Cell(lambda row: safe(row.assets), "num"),
    "risk": Cell(_risk),
    "branch": Cell(lambda row: safe(row.branch), labelled=False),
    "manager": Cell(lambda row: safe(row.manager) or NONE),
    "opened": Cell(lambda row: row.opened),
    "contact": Cell(lambda row: row.contact or NONE),
    "since": Cell(lambda row: when(row.since)),
    "valid": Cell(lambda row: row.valid.isoformat() if row.valid else NONE),
    "kind": Cell(lambda row: safe(ClientKind(row.kind).label), labelled=False),
    "tags": Cell(_tags),
}
