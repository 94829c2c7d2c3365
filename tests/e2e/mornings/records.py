"""What the firm under test has written: its database, read beside the pages and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from crm.embedded.account import service_account
from crm.embedded.places import socket_folder
from crm.embedded.postgres import RUNTIME_ROLE, PostgresServer


class Records:
    """Reads rows of the firm that keeps its data in `var`."""

    def __init__(self, var: Path) -> None:
        account = service_account(var / PostgresServer.name)
        self.url = PostgresServer(var, account, socket_folder(var, account)).url(RUNTIME_ROLE)
        self.connection: Any = None

    @contextmanager
    def opened(self) -> Iterator[Records]:
        """Connected, and only able to read."""
        self.connection = psycopg2.connect(self.url, connect_timeout=10)
        self.connection.set_session(readonly=True, autocommit=True)
        try:
            yield self
        finally:
            self.connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of `query`; its %s are `values`."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row; None without a row."""
        found = self.rows(query, *values)
        return found[0][0] if found else None

    def line(self, query: str, *values: Any) -> tuple[Any, ...]:
        """The one row that `query` finds. Raises AssertionError when there is none, or more than one."""
        found = self.rows(query, *values)
        assert len(found) == 1, f"{len(found)} rows instead of one: {query} {values}"
        return found[0]
