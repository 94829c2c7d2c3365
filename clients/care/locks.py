"""Hand-overs and imports of clients keep out of each other's way.

An import compares a file with what is stored and writes what differs some seconds later: a manager that was changed in
between would be changed back. Imports share the lock, a hand-over has it alone; both hold it to the end of their
transaction.
"""

from __future__ import annotations

from django.db import connection

CARE = 7_320_002


def keep_hand_overs_out() -> None:
    """For what reads managers now and writes them later in this transaction; waits for a hand-over to end."""
    _take("pg_advisory_xact_lock_shared")


def keep_imports_out() -> bool:
    """For a hand-over, which waits for imports and other hand-overs to end. False when it had to wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CARE])
        free = bool(cursor.fetchone()[0])
    if not free:
        _take("pg_advisory_xact_lock")
    return free


def _take(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [CARE])
