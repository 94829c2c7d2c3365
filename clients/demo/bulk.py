"""A very large demo firm for measurements: the same generator at a leaner pace, a snapshot a month a client.

A million clients get about 12 million snapshots, 10 million trades and 3 million cash flows. `MODELS` clients are made
in full; what they did is copied, with other amounts, for the others, who are people of their own. Personal values are
digested and masked, nothing is sealed. Needs the owner role (statistics are renewed at the end) and an empty database.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

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
    with without_indexes(TABLES):
        _make_all_copies(clients, models, start=start, as_of=as_of)
        log.info("%s clients: %.0f s", f"{clients:,}", time.monotonic() - began)
    note_batches(first=as_of - dt.timedelta(days=10), last=as_of)
    note_takeover(start=start, size=clients)
    _renew_statistics()
    log.info("with indexes and statistics: %.0f s", time.monotonic() - began)


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


def _make_all_copies(clients: int, models: int, *, start: dt.date, as_of: dt.date) -> None:
    """The clients beyond the models, dealt out to several connections, which wait for each other before they begin."""
    shifts = list(range(models, clients, models))
    ready = threading.Barrier(CONNECTIONS)

    def work(place: int) -> None:
        try:
            _open_session()
            script.run("models")
            ready.wait()
            for shift in shifts[place::CONNECTIONS]:
                _make_copies(models, shift, min(models, clients - shift), start=start, as_of=as_of)
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(work, place) for place in range(CONNECTIONS)]:
            done.result()


def _make_copies(models: int, shift: int, number: int, *, start: dt.date, as_of: dt.date) -> None:
    """`number` clients with running numbers from `shift` + 1."""
    began = time.monotonic()
    script.run("openings", size=models, start=start, until=as_of, after=None, next_n=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM demo_opening WHERE n > %s", [number])
        cursor.execute("UPDATE demo_opening SET n = n + %s", [shift])
    create_clients(sealed=False, start=start)
    script.run("copies", shift=shift, size=number)
    log.info("%s to %s: %.0f s", f"{shift + 1:,}", f"{shift + number:,}", time.monotonic() - began)


def _open_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '128MB'; SET temp_buffers = '128MB'")
    stage()


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes of `tables` away that hold no constraint, and lay them again afterwards: faster for many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i "
            "WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique "
            "AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)",
            [list(tables)],
        )
        found = list(cursor.fetchall())
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for _name, definition in found:
                # The definition of a partitioned index says ONLY; laid again it shall reach the partitions.
                cursor.execute(definition.replace(" ON ONLY ", " ON "))


def _renew_statistics() -> None:
    """Statistics and visibility, so that the first measurement is like the tenth."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
