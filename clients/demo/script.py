"""Runs the demo's SQL, one file a subject (`sql/`), and fills its temporary tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

FOLDER = Path(__file__).parent / "sql"


@lru_cache(maxsize=32)
def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text()


def run(name: str, **values: Any) -> None:
    """Execute `sql/<name>.sql` with its named values, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_text(name), values)


def read(name: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of the one query in `sql/<name>.sql`."""
    with connection.cursor() as cursor:
        cursor.execute(_text(name), values)
        return list(cursor.fetchall())


def one(query: str, values: Sequence[Any] = ()) -> Any:
    """The first column of the first row; None without a row."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None


def fill(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Make the temporary table `table` anew with `columns` (as in CREATE TABLE) and copy `rows` into it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {table} ({columns})")
    copy(table, rows)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def copy(table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append `rows` to `table` by COPY. Lists become arrays, bytes bytea, None NULL."""
    stream = io.StringIO()
    csv.writer(stream).writerows([_cell(value) for value in row] for row in rows)
    stream.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N')", stream)


def _cell(value: Any) -> Any:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        quoted = ('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return "{" + ",".join(quoted) + "}"
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
