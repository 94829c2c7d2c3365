"""The databases that benches measure on: large demo firms in the bundled cluster, kept between runs.

`BENCH_CLIENTS` makes a smaller large one, for quick trials; it gets a database of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "1000000"))
FEW_CLIENTS = min(5_000, CLIENTS)
AS_OF = dt.date(2026, 11, 20)  # a Friday; always the same, so that a database kept from last month still serves
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
        _administer(f"CREATE DATABASE {database}")
    _manage(database, "migrate", "--verbosity", "0")
    made = _one(database, TAKEN_OVER)
    if made != clients:
        if _one(database, "SELECT count(*) FROM crm_unit"):
            _administer(f"DROP DATABASE {database}")  # half made, by a run that was stopped
            return prepare(clients)
        _manage(database, "demo_bulk", "--clients", str(clients), "--as-of", AS_OF.isoformat())
    if not _one(database, "SELECT count(*) FROM clients_run"):
        _manage(database, "segment", "--as-of", AS_OF.isoformat())
        with psycopg2.connect(url_of(database, "DATABASE_OWNER_URL")) as link, link.cursor() as cursor:
            cursor.execute("ANALYZE clients_standing")
    return None


def use(clients: int) -> None:
    """Let Django talk to the database for `clients` clients from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name_of(clients)


def _exists(database: str) -> bool:
    with psycopg2.connect(os.environ["DATABASE_OWNER_URL"]) as link, link.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [database])
        row = cursor.fetchone()
    return bool(row and row[0])


def _administer(statement: str) -> None:
    link = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
    finally:
        link.close()


def _one(database: str, query: str) -> int:
    with psycopg2.connect(url_of(database, "DATABASE_OWNER_URL")) as link, link.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _manage(database: str, *arguments: str) -> None:
    """Run one `manage.py` command on `database`. Raises CalledProcessError when it fails."""
    environment = os.environ | {name: url_of(database, name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    environment["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment, check=True)
