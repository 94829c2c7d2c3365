"""One file on its way into the tables: what the steps of the engine hand to one another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

from clients.feeds.spec import Column, Feed


@dataclass
class Load:
    """A file of `feed` that lies in `staged` with the columns `present`.

    `branches` are the units to whose clients the loader is confined; None: everything. `as_of` is the day for which
    the file speaks (business date, else today), `today` the day in Asia/Shanghai, `at` the instant of the load.
    """

    feed: Feed
    cursor: CursorWrapper
    present: frozenset[str]
    today: dt.date
    as_of: dt.date
    at: dt.datetime
    branches: list[int] | None = None
    days_vary: bool = False  # whether the file writes one day in several ways
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.params |= {
            "tomorrow": self.today + dt.timedelta(days=1),
            "as_of": self.as_of,
            "at": self.at,
            "branches": self.branches,
        }

    @property
    def columns(self) -> list[Column]:
        """The feed's columns that the file has."""
        return [column for column in self.feed.columns if column.name in self.present]

    def run(self, sql: str) -> int:
        """Execute one statement with the load's parameters; returns the number of rows."""
        self.cursor.execute(sql, self.params)
        return int(self.cursor.rowcount)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row that the query returns."""
        self.cursor.execute(sql, self.params)
        row: tuple[Any, ...] = self.cursor.fetchone()
        return row
