"""The lists of calls as files: what the pages show, with whole days and hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from callbacks.calls.choices import CallState, Form
from callbacks.calls.models import Call
from callbacks.desk.cells import hold_word
from callbacks.desk.listing import (
    ENDED_CALLS,
    OPEN_CALLS,
    ended_calls,
    ended_list_of,
    open_calls,
    open_list_of,
)
from callbacks.desk.rows import READ, Found, Line, each_line, reasons_of
from clients.desk.listing import understood
from crm.exports.registry import Kind
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists.exporting import CHUNK, Cell, ListSource, export_list

SEE = "callbacks.view_calls"


def _state(line: Line) -> str:
    return str(badge_of("call", line.one.state).label)


def _held(line: Line) -> str:
    return hold_word(line.one.hold) if line.one.hold and line.one.state == CallState.WAITING else ""


def _tier(line: Line) -> str:
    return str(badge_of("tier", line.one.tier).label) if line.one.tier else ""


CELLS: Mapping[str, Sequence[Cell]] = {
    "number": [Cell(lambda line: line.one.client_no or "", width=18)],
    "name": [Cell(lambda line: line.name, width=20)],
    "why": [Cell(lambda line: line.why, width=50)],
    "due": [Cell(lambda line: line.one.due_at, Kind.TIME, 17)],
    "state": [Cell(_state), Cell(_held, width=24, heading=gettext_lazy("Held back"))],
    "assignee": [
        Cell(lambda line: line.one.assignee or "", width=16),
        Cell(lambda line: line.one.claimed_by or "", width=16, heading=gettext_lazy("Being worked on by")),
    ],
    "urgency": [Cell(lambda line: line.one.rank, Kind.NUMBER, 10)],
    "ended": [Cell(lambda line: line.one.ended_at, Kind.TIME, 17)],
    "outcome": [Cell(lambda line: line.outcome, width=24)],
    "ended_by": [Cell(lambda line: line.one.ended_by or "", width=16)],
    "tries": [Cell(lambda line: line.one.tries, Kind.NUMBER, 8)],
    "last_try": [Cell(lambda line: line.one.last_tried_at, Kind.TIME, 17)],
    "tier": [Cell(_tier)],
    "branch": [Cell(lambda line: line.branch, width=24)],
    "unit": [Cell(lambda line: line.one.unit or "", width=24)],
    "form": [Cell(lambda line: str(Form(line.one.form).label), width=14)],
    "made": [Cell(lambda line: line.one.made_at, Kind.TIME, 17)],
    "skips": [Cell(lambda line: line.one.skips, Kind.NUMBER, 8)],
}


def _read(rows: QuerySet[Call], user: User, at: dt.datetime) -> Iterator[Line]:
    """The lines in their order, through a cursor on the server; their reasons chunk by chunk."""
    found = (Found(*values) for values in rows.values_list(*READ).iterator(chunk_size=CHUNK))
    while chunk := list(islice(found, CHUNK)):
        yield from each_line(chunk, reasons_of(one.pk for one in chunk), user, at)


def _masked(words: str) -> str:
    search = understood(words)
    return search.masked if search else words


export_list(
    ListSource(
        name=OPEN_CALLS,
        title=gettext_lazy("Open calls"),
        permission=SEE,
        subject="call",
        spec_for=open_list_of,
        rows_in_scope=open_calls,
        read=_read,
        cells=CELLS,
        masked=_masked,
    )
)
export_list(
    ListSource(
        name=ENDED_CALLS,
        title=pgettext_lazy("list", "Finished calls"),
        permission=SEE,
        subject="call",
        spec_for=ended_list_of,
        rows_in_scope=ended_calls,
        read=_read,
        cells=CELLS,
        masked=_masked,
    )
)
