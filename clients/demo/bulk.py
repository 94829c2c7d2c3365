"""A very large demo firm for measurements: the same generator at a leaner pace, a snapshot a month a client.

A million clients get about 12 million snapshots, 10 million trades and 3 million cash flows. `MODELS` clients are made
in full; what they did is copied, with other amounts, for the others, who are people of their own. Personal values are
masked only, nothing is sealed. Needs the owner role (statistics are renewed at the end) and an empty database.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from clients.demo import script
from clients.demo.batches import note_batches, note_takeover
from clients.demo.facts import BULK, know_clients, make_month, make_suitability, months_of
from clients.demo.firm import ForeignDataError, find_firm
from clients.demo.identities import create_clients
from clients.demo.organisation import lay_organisation
from clients.demo.services import months_before
from clients.demo.staging import stage

MONTHS = 12
MODELS = 20_000
CONNECTIONS = 2
ONE_DAY = dt.timedelta(days=1)
FACTS = ("clients_assetsnapshot", "clients_trade", "clients_cashflow")
TABLES = ("clients_client", "clients_standing", "clients_riskassessment", *FACTS)

log = logging.getLogger("clients.demo.bulk")


def make_bulk(clients: int, *, as_of: dt.date) -> None:
    """Fill an empty database with `clients` clients and a year of facts up to `as_of`.

    Commits step by step; the note that the firm is complete comes last. Raises ForeignDataError when the database is
    not empty.
    """
    if find_firm() is not None:
        raise ForeignDataError("a demo firm already")
    began = time.monotonic()
    start, models = months_before(as_of, MONTHS), min(clients, MODELS)
    lay_organisation(until=as_of)
    for table in FACTS:
        script.one("SELECT clients_ensure_months(%s, %s, %s)", [table, start - ONE_DAY, as_of])
    _make_models(models, start=start, as_of=as_of)
    log.info("%s clients with all they did: %.0f s", f"{models:,}", time.monotonic() - began)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shifts = range(models, clients, models)
        copying = [
            pool.submit(_make_copies, models, shift, min(models, clients - shift), start, as_of) for shift in shifts
        ]
        for copied in copying:
            copied.result()
    note_batches(first=as_of - dt.timedelta(days=10), last=as_of)
    note_takeover(start=start, size=clients)
    log.info("%s clients: %.0f s", f"{clients:,}", time.monotonic() - began)
    _renew_statistics()
    log.info("with statistics: %.0f s", time.monotonic() - began)


def _make_models(models: int, *, start: dt.date, as_of: dt.date) -> None:
    """The clients whose facts the others copy."""
    _open_session()
    script.run("openings", size=models, start=start, until=as_of, after=None, next_n=1)
    create_clients(sealed=False, start=start)
    know_clients(start=start, size=models, pace=BULK)
    script.run("takeover", start=start, everyone=True)
    for month, first, last in months_of(start, as_of):
        make_month(month=month, first=first, last=last, pace=BULK)
    make_suitability(first=None, last=as_of)


def _make_copies(models: int, shift: int, number: int, start: dt.date, as_of: dt.date) -> None:
    """`number` clients with running numbers from `shift` + 1, on a connection of this thread's own."""
    began = time.monotonic()
    try:
        _open_session()
        script.run("openings", size=models, start=start, until=as_of, after=None, next_n=1)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM demo_opening WHERE n > %s", [number])
            cursor.execute("UPDATE demo_opening SET n = n + %s", [shift])
        create_clients(sealed=False, start=start)
        script.run("copies", shift=shift, size=number)
    finally:
        connection.close()
    log.info("%s to %s: %.0f s", f"{shift + 1:,}", f"{shift + number:,}", time.monotonic() - began)


def _open_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '128MB'; SET temp_buffers = '128MB'")
    stage()


def _renew_statistics() -> None:
    """Statistics and visibility, so that the first measurement is like the tenth."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
