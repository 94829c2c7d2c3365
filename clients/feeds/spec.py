"""What a feed is made of, declared: its columns, where they go, what makes a row the same row as one stored.

An app declares a feed with `register(Feed(…))` in a module that is imported at start-up. The engine (`sift.py`,
`writing.py`) builds its SQL from this and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.functional import Promise

from clients.feeds.kinds import Kind

if TYPE_CHECKING:
    from clients.feeds.load import Load


@dataclass(frozen=True)
class Column:
    """A column of the file. `store` names the table's column that takes its value as it is; empty: none does."""

    name: str
    kind: Kind
    store: str = ""
    required: bool = False
    empty: str = "NULL"  # SQL of what an empty cell stands for, and a new row without this column
    unknown_warns: bool = False  # a value that is not known leaves the field empty and counts as a warning

    @property
    def alias(self) -> str:
        """The name of the column's own join."""
        return f"known_{self.name}"

    @property
    def cell(self) -> str:
        return f"staged.{self.name}"

    def value(self) -> str:
        """SQL of the typed value."""
        if self.required:
            return self.kind.value(self.cell, self.alias)
        return self.kind.optional(self.cell, self.alias, self.empty)

    def wrong(self) -> str:
        """SQL over the typed row (`cell`): this cell is the fault of a row that is not taken."""
        typed, broken = f"cell.{self.name}", self.kind.broken(f"cell.{self.name}")
        missing = f"{typed} IS NULL" if self.required else f"{typed} IS NULL AND cell.{self.name}_text <> ''"
        return " OR ".join(["false" if self.unknown_warns else missing, *([broken] if broken else [])])


@dataclass(frozen=True)
class Field:
    """A column of the table whose value is worked out: SQL over the typed row (`cell.<column>`, `cell.was_<store>`).

    On update it is written when the file has one of `columns`; a new row always gets it. With `elsewhere` it is no
    column of the table: it is compared with `stored` like the others, and the feed's steps write it.
    """

    store: str
    value: str
    columns: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Extra:
    """A column of the table that is not compared: written beside the others, from SQL over `sifted` and the joins of
    `Feed.write_joins`; on update also over `old`. `update` is None where only new rows get it.
    """

    store: str
    insert: str
    update: str | None = None


@dataclass(frozen=True)
class Rule:
    """Something wrong between columns of one row: SQL over the typed row, the column to look at, the reason.

    `of_changes`: held against a row only where it says something else than what is stored.
    """

    column: str
    wrong: str
    reason: str | Promise
    of_changes: bool = False


Step = Callable[["Load"], None]


def nothing(load: Load) -> None:
    """The step of a feed that needs none."""


@dataclass(frozen=True)
class Feed:
    """One feed. SQL in `within` decides, for people who feed for their own branches, which rows are theirs."""

    name: str
    title: str | Promise
    model: type[Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # columns that name the thing a row is about
    row_key: tuple[str, ...] = ("id",)  # columns of the table that find the stored row again
    stored: str = ""  # FROM item with what is stored, where it is more than the table
    fields: tuple[Field, ...] = ()
    extras: tuple[Extra, ...] = ()
    rules: tuple[Rule, ...] = ()
    one_of: tuple[str, ...] = ()  # columns of which the file must have at least one
    months: bool = False  # the table has a partition for each month of `day`
    joins: str = ""
    write_joins: str = ""
    within: str = ""
    within_column: str = "client_no"  # the column that is at fault where a row is not within
    not_within: str | Promise = ""
    before_sift: Step = field(default=nothing)
    before_write: Step = field(default=nothing)
    after_write: Step = field(default=nothing)
    at_end: Step = field(default=nothing)  # also where no row was written; not of a rehearsal

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def elsewhere(self) -> set[str]:
        return {field.store for field in self.fields if field.elsewhere}


_feeds: dict[str, Feed] = {}


def register(*feeds: Feed) -> None:
    """Make feeds known, in the order in which a firm loads them. Raises ValueError for a name that is taken."""
    for feed in feeds:
        if feed.name in _feeds:
            raise ValueError(f"two feeds are named {feed.name}")
        _feeds[feed.name] = feed


def all_feeds() -> Iterable[Feed]:
    return _feeds.values()


def find(name: str) -> Feed | None:
    return _feeds.get(name)
