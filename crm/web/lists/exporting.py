"""How a list of the kit is taken out as a file: the same spec, the same scope, the same filters and order.

A room declares it in its module `exporters`:

    export_list(ListSource(name="clients", title=…, permission="clients.view_client", subject="client",
                           spec_for=…, rows_in_scope=…, read=…, cells=…))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.exports import registry
from crm.exports.errors import ExportRefused
from crm.exports.registry import Asked, Extract, Field, Kind
from crm.organisation.models import User
from crm.web.lists.page import matching
from crm.web.lists.spec import Column, ListSpec
from crm.web.lists.state import COLUMNS, ListState, read_whole

CHUNK = 2_000  # rows that the server-side cursor hands over at a time


@dataclass(frozen=True)
class Cell:
    """What one column writes into the file: `value` takes what was read of a row and who the file is for. A heading
    of its own where a column of the list becomes two of the file."""

    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 14
    heading: str | Promise = ""


@dataclass(frozen=True)
class ListSource:
    """One list of the kit as a file.

    spec_for       the list as this person may filter it, at this instant
    rows_in_scope  its rows inside the person's scope
    read           makes of filtered, sorted rows what `cells` take, row by row, by a server-side cursor
    cells          what each column writes, by its name
    masked         words looked for as a file may show them
    """

    name: str
    title: str | Promise
    permission: str
    subject: str
    spec_for: Callable[[User, QueryDict, dt.datetime], ListSpec]
    rows_in_scope: Callable[[User], QuerySet[Any]]
    read: Callable[[QuerySet[Any], User, dt.datetime], Iterator[Any]]
    cells: Mapping[str, Sequence[Cell]]
    masked: Callable[[str], str] = str


def export_list(source: ListSource) -> None:
    """Let the list be taken out as a file by whoever may."""
    registry.register(
        registry.Exporter(
            list_name=source.name,
            title=source.title,
            permission=source.permission,
            subject=source.subject,
            open=lambda asked: _open(source, asked),
            sealed=("q",),
        )
    )


def _open(source: ListSource, asked: Asked) -> Extract:
    """Raises ExportRefused for a filter that does not fit any more: left out, it would take out more than was meant."""
    params = QueryDict(asked.query, mutable=True)
    params[COLUMNS] = ",".join(asked.columns)
    state = read_whole(source.spec_for(asked.user, params, asked.at), params)
    rows, problems = matching(state, source.rows_in_scope(asked.user))
    if problems:
        raise ExportRefused(" ".join(problems))
    if asked.picked:
        rows = source.rows_in_scope(asked.user).filter(pk__in=asked.picked)
    cells = [(column, cell) for column in state.columns for cell in source.cells[column.name]]
    return Extract(
        fields=[_field(column, cell) for column, cell in cells],
        words=words_of(state, source.masked),
        count=lambda: rows.order_by().count(),
        rows=lambda: _rows(source, _sorted(rows, state), asked, [cell.value for _column, cell in cells]),
    )


def _rows(
    source: ListSource, rows: QuerySet[Any], asked: Asked, values: Sequence[Callable[[Any], Any]]
) -> Iterator[Sequence[Any]]:
    for found in source.read(rows, asked.user, asked.at):
        yield [value(found) for value in values]


def _sorted(rows: QuerySet[Any], state: ListState) -> QuerySet[Any]:
    sign = "-" if state.order.descending else ""
    return rows.order_by(*(f"{sign}{name}" for name in state.order.sort.fields))


def _field(column: Column, cell: Cell) -> Field:
    return Field(str(cell.heading or column.label), cell.kind, cell.width)


def words_of(state: ListState, masked: Callable[[str], str] = str) -> list[str]:
    """Filter and order in words, a sentence each: what a file says about itself."""
    comma = pgettext("between words of a list", ", ")
    words = []
    if state.words:
        words.append(_("Search: %(words)s") % {"words": masked(state.words)})
    for one in state.spec.filters:
        chosen = [str(option.label) for option in one.options if option.value in state.chosen[one.name]]
        if chosen or one.unset:
            values = {"label": one.label, "values": comma.join(chosen) or one.unset}
            words.append(_("%(label)s: %(values)s") % values)
    order, turned = state.order.sort, _("descending") if state.order.descending else _("ascending")
    words.append(_("Sorted by: %(sort)s, %(direction)s") % {"sort": order.label, "direction": turned})
    return words
