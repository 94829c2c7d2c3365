"""Partitions by month: made ahead, and beside whoever reads and writes the table."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection

from clients.feeds.months import make_months_ahead

pytestmark = pytest.mark.django_db

NEW_MONTH = "SELECT clients_ensure_months('clients_assetsnapshot', '1971-03-01', '1971-03-31')"


def months(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", [table]
        )
        return [str(name) for (name,) in cursor.fetchall()]


@contextlib.contextmanager
def another_session() -> Iterator[Any]:
    """A connection beside the test's own, which waits half a second for a lock at most; nothing of it stays."""
    known = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    link = psycopg2.connect(**{name: known[name] for name in names if known.get(name)}, options="-c lock_timeout=500")
    with contextlib.closing(link), link.cursor() as cursor:
        yield cursor
        link.rollback()


def test_this_month_and_the_next_are_made_once() -> None:
    today = dt.date(1972, 12, 15)
    assert make_months_ahead(today=today) == 3 * 2, "three fact tables, two months"
    assert make_months_ahead(today=today) == 0
    for table in ("clients_assetsnapshot", "clients_trade", "clients_cashflow"):
        assert {f"{table}_197212", f"{table}_197301"} <= set(months(table))


def test_nobody_waits_for_an_import_that_lays_a_new_month() -> None:
    """Reading goes on, and writing to months that exist."""
    with another_session() as importing, another_session() as beside:
        importing.execute(NEW_MONTH)
        assert importing.fetchone() == (1,)
        beside.execute("SELECT count(*) FROM clients_assetsnapshot")
        assert beside.fetchone() is not None
        beside.execute("DELETE FROM clients_assetsnapshot WHERE client_id = -1")
        assert beside.rowcount == 0


def test_a_month_has_the_key_of_its_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEW_MONTH)
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'clients_assetsnapshot_197103'")
        assert any("UNIQUE" in definition for (definition,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("clients_assetsnapshot", "client_id, day"),
        ("clients_trade", "trade_no, day"),
        ("clients_cashflow", "flow_no, day"),
    ],
)
def test_facts_have_their_natural_key_and_no_foreign_key(table: str, key: str) -> None:
    """The key holds in every month; whether a client is known is looked up for the whole file at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass", [table]
        )
        found = cursor.fetchall()
        cursor.execute("SELECT partstrat, pg_get_partkeydef(%s::regclass) FROM pg_partitioned_table LIMIT 1", [table])
        assert cursor.fetchone() == ("r", "RANGE (day)")
    assert [definition for kind, definition in found if kind in "pu"] == [f"PRIMARY KEY ({key})"]
    assert not [definition for kind, definition in found if kind == "f"]
