"""The databases that benches measure on: large demo firms in the bundled cluster, kept between runs.

`BENCH_CLIENTS` makes a smaller large one, for quick trials; it gets a database of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db import connection
from psycopg2 import extensions

PROJECT = Path(__file__).resolve().parents[2]
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "1000000"))
FEW_CLIENTS = min(5_000, CLIENTS)
AS_OF = dt.date(2026, 11, 20)  # a Friday; always the same, so that a database kept from last month still serves
HOME = "crm"  # the cluster's own database, from which others are made
TAKEN_OVER = "SELECT rows FROM clients_feedbatch WHERE file_name = 'qingchuan_takeover.csv.gz'"


def name_of(clients: int) -> str:
    """The database of a firm with so many clients."""
    return "crm_bench" if clients == 1_000_000 else f"crm_bench_{clients}"


def url_of(database: str, variable: str) -> str:
    """The URL in the environment variable, for another database of the same cluster."""
    parts = urlsplit(os.environ[variable])
    return urlunsplit(parts._replace(path=f"/{database}"))


def prepare(clients: int) -> None:
    """Make the database for `clients` clients ready: tables up to date, firm made and segmented once."""
    database = name_of(clients)
    if not _exists(database):
        as_owner(f"CREATE DATABASE {database}", database=HOME)
    _manage(database, "migrate", "--verbosity", "0")
    made = _one(database, TAKEN_OVER)
    if made != clients:
        if _one(database, "SELECT count(*) FROM crm_unit"):
            as_owner(f"DROP DATABASE {database}", database=HOME)  # half made, by a run that was stopped
            return prepare(clients)
        _manage(database, "demo_bulk", "--clients", str(clients), "--as-of", AS_OF.isoformat())
    if not _one(database, "SELECT count(*) FROM clients_run"):
        _manage(database, "segment", "--as-of", AS_OF.isoformat())
        as_owner("VACUUM (ANALYZE) clients_standing", database=database)  # as autovacuum does minutes later
    return None


def use(clients: int) -> None:
    """Let Django talk to the database for `clients` clients from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name_of(clients)


@contextmanager
def copy_of_large(name: str) -> Iterator[None]:
    """The large firm in a database `name` of its own, which is dropped afterwards: for what leaves traces."""
    connection.close()  # nobody may be on a database that is copied
    drop = f"DROP DATABASE IF EXISTS {name}"  # waits for autovacuum, which an owner may not end by force
    as_owner(drop, database=HOME)
    as_owner(f"CREATE DATABASE {name} TEMPLATE {name_of(CLIENTS)} STRATEGY file_copy", database=HOME)
    try:
        yield
    finally:
        as_owner(drop, database=HOME)


@contextmanager
def owner(database: str) -> Iterator[extensions.cursor]:
    """A cursor of the owner of the tables; every statement is a transaction of its own."""
    link = psycopg2.connect(url_of(database, "DATABASE_OWNER_URL"))
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def as_owner(statement: str, values: dict[str, object] | None = None, *, database: str) -> float:
    """Run one statement as the owner. Returns its seconds."""
    with owner(database) as cursor:
        began = time.perf_counter()
        cursor.execute(statement, values)
        return time.perf_counter() - began


def environment_for(database: str) -> dict[str, str]:
    """The environment of a `manage.py` that works on `database`, with the product's own settings."""
    environment = os.environ | {name: url_of(database, name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return environment | {"DJANGO_SETTINGS_MODULE": "crm.settings"}


def _exists(database: str) -> bool:
    return bool(_one(HOME, f"SELECT count(*) FROM pg_database WHERE datname = '{database}'"))


def _one(database: str, query: str) -> int:
    with owner(database) as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _manage(database: str, *arguments: str) -> None:
    """Run one `manage.py` command on `database`. Raises CalledProcessError when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=PROJECT, env=environment_for(database), check=True)
