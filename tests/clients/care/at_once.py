"""Two connections at once: work that runs in a thread, and a row that holds it up in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from django.utils import translation


class Elsewhere(threading.Thread):
    """`work` on a connection of its own. `end` waits for it, and raises what it raised."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            with translation.override("en"):
                self.result = self._work()
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def end(self) -> Any:
        self.join(60)
        assert not self.is_alive()
        if self.error:
            raise self.error
        return self.result


@contextmanager
def row_held(table: str, pk: int) -> Iterator[None]:
    """While this lasts nobody else writes this row."""
    link = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with link.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [pk])
            yield
    finally:
        link.rollback()
        link.close()


def wait_until_waiting(number: int, kind: str = "") -> None:
    """Wait until so many backends of this database wait for a lock (of one kind: "advisory", "transactionid")."""
    query = """SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
               WHERE NOT granted AND datname = current_database() AND (%s = '' OR locktype = %s)"""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(query, [kind, kind])
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    pytest.fail("nobody waits")
