"""A page of a client's timeline: one query for the entries, one for the names of staff in them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from clients.desk.timeline.sources import PEOPLE, RANKS, SOURCES, Source
from clients.profile.selectors import people_by_id
from crm.web.lists.keyset import Cursor

PAGE = 30
KEY_PARTS = 3


@dataclass(frozen=True)
class Entry:
    """One thing that happened: its kind, when (a day alone where nothing more is known), and what its sentence needs.

    `names` are those of the members of staff in the body, by key.
    """

    code: str
    at: dt.datetime
    number: int
    day: dt.date | None
    body: dict[str, Any]
    names: dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this entry."""

    at: dt.datetime
    rank: int
    number: int


@dataclass(frozen=True)
class Slice:
    """The entries of a page and, where there are older ones, the place after which they come."""

    entries: list[Entry]
    next: Place | None


def read_page(
    client_id: int, codes: Sequence[str], *, large: Decimal, after: Place | None = None, size: int = PAGE
) -> Slice:
    """The newest `size` entries of the sources `codes` after a place. Two queries.

    `large` is the amount (CNY) from which a cash flow is shown.
    """
    chosen = [source for source in SOURCES if source.code in codes]
    params: dict[str, Any] = {"client": client_id, "large": large, "most": size + 1}
    if after is not None:
        params |= {"at": after.at, "day": timezone.localdate(after.at), "rank": after.rank, "number": after.number}
    union = "\nUNION ALL\n".join(_branch(source, begins=after is not None) for source in chosen)
    order = "entry_at DESC, entry_rank DESC, entry_number DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({union}) AS entries ORDER BY {order} LIMIT %(most)s", params)  # noqa: S608
        rows = [(*row[:4], json.loads(row[4])) for row in cursor.fetchall()]
    shown = rows[:size]
    people = people_by_id(row[4].get(key) for row in shown for key in PEOPLE)
    entries = [_entry(row, people) for row in shown]
    more = len(rows) > size
    last = shown[-1] if more else None
    return Slice(entries, Place(last[1], last[0], last[2]) if last else None)


def _branch(source: Source, *, begins: bool) -> str:
    """The newest rows of one source. The index is told a bound on its own columns, the place is compared after."""
    rank = RANKS[source.code]
    place = f" AND {source.begun} AND ({source.moment}, {rank}, {source.number}) < (%(at)s, %(rank)s, %(number)s)"
    return (
        f"(SELECT {rank} AS entry_rank, {source.moment} AS entry_at, {source.number} AS entry_number,"  # noqa: S608
        f" {source.day} AS entry_day, {source.body} AS entry_body FROM {source.rows}{place if begins else ''}"
        f" ORDER BY {source.order}, {source.number} DESC LIMIT %(most)s)"
    )


def _entry(row: tuple[Any, ...], people: dict[int, str]) -> Entry:
    rank, at, number, day, body = row
    names = {key: people.get(body[key], "") for key in PEOPLE if body.get(key) is not None}
    return Entry(SOURCES[rank].code, at, number, day, body, names)


def write_place(place: Place, context: str) -> str:
    """A place for an address: nobody can write one himself, and it serves one timeline and one choice of kinds."""
    return Cursor(context, backwards=False, key=(place.at.isoformat(), str(place.rank), str(place.number))).sign()


def read_place(text: str, context: str) -> Place | None:
    """The place in an address, or None for one that is damaged, invented or of another timeline."""
    cursor = Cursor.read(text, context)
    if cursor is None or len(cursor.key) != KEY_PARTS:
        return None
    at = parse_datetime(cursor.key[0])
    return Place(at, int(cursor.key[1]), int(cursor.key[2])) if at else None
