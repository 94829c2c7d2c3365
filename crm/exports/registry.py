"""Which lists may be taken out as files, and how each is written. Rooms register theirs in a module `exporters`."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm.organisation.models import User


class Kind(enum.Enum):
    """What a column of a file holds. MONEY is `Decimal` in yuan, TIME an aware instant, written in the firm's time."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True)
class Field:
    """One column of a file: its heading, what it holds, and its width in characters."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 14


@dataclass(frozen=True)
class Asked:
    """Which rows and columns of a list, for whom, as of which instant. `picked`: rows ticked by hand, by primary key;
    empty: all that match `query`."""

    user: User
    query: str
    columns: Sequence[str]
    picked: Sequence[int]
    at: dt.datetime


@dataclass(frozen=True)
class Extract:
    """A list opened for one person: what it shows him, and nothing else.

    words   the filter and the order in words, a sentence each
    count   how many rows, exactly: one query
    rows    the rows in the list's order, each with a value for every field; a server-side cursor behind it
    """

    fields: Sequence[Field]
    words: Sequence[str]
    count: Callable[[], int]
    rows: Callable[[], Iterator[Sequence[Any]]]


@dataclass(frozen=True)
class Exporter:
    """How one list is taken out.

    permission   what one needs to see the list at all
    subject      what the log of reads calls its rows ("client")
    open         the list as somebody sees it; raises ExportRefused, in words, when it does not fit any more
    sealed       parameters of the address that may hold personal data; they are kept sealed
    """

    list_name: str
    title: str | Promise
    permission: str
    subject: str
    open: Callable[[Asked], Extract]
    sealed: tuple[str, ...] = ()


_exporters: dict[str, Exporter] = {}


def register(exporter: Exporter) -> Exporter:
    """Let a list be taken out. Raises ValueError for a name that is taken."""
    if exporter.list_name in _exporters:
        raise ValueError(f"two exporters for the list {exporter.list_name}")
    _exporters[exporter.list_name] = exporter
    return exporter


def find(list_name: str) -> Exporter | None:
    return _exporters.get(list_name)


def forget(list_name: str) -> None:
    """Take an exporter out (tests)."""
    _exporters.pop(list_name, None)
