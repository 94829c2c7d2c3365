"""The database of a backup: dumped and put back by PostgreSQL's own programs, counted and hashed by ourselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

from django.db import connection
from psycopg2 import sql

from crm.backup.errors import BackupError
from crm.embedded.places import postgres_programs

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")  # a dump of bundled servers does not name them
TABLES = """
    SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname
"""
# The sum does not depend on the order of the rows.
CONTENT = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM public.{table} AS t"


class Content(TypedDict):
    """How many rows a table has, and a digest of all of them."""

    rows: int
    digest: str


def contents() -> dict[str, Content]:
    """Rows and digest of every table, as the running transaction sees them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL datestyle = 'ISO'")
        cursor.execute(TABLES)
        found: dict[str, Content] = {}
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL(CONTENT).format(table=sql.Identifier(table)))
            rows, digest = cursor.fetchone()
            found[table] = Content(rows=rows, digest=digest)
    return found


def is_empty() -> bool:
    """Whether nobody has laid a table yet."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return cursor.fetchone() is None


def dump(target: Path, snapshot: str) -> None:
    """Write the whole database, as the snapshot of a running transaction has it, to the file `target`."""
    _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")


def put_back(source: Path) -> None:
    """Fill the empty database from a dump: everything or nothing."""
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    name = str(connection.settings_dict["NAME"])
    _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={name}", str(source))


def _run(program: str, *arguments: str) -> None:
    known = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = os.environ | {name: str(known[key]) for key, name in names.items() if known.get(key)}
    found = _program(program)
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _program(name: str) -> str:
    """The bundled program, or the one on PATH; it must be as new as the server."""
    folder = postgres_programs()
    found = shutil.which(name, path=str(folder)) if folder else None
    found = found or shutil.which(name)
    if found is None:
        raise BackupError(f"{name} was not found. Install PostgreSQL's client programs of version 18.")
    return found
