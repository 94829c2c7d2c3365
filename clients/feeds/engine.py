"""A file into its tables: stage, check, compare, write; all in one transaction, or nothing.

1. `reader`/`staging`: COPY of the file's text into the temporary table `staged`
2. `repeats`: identical repeats are taken out, contradicting rows marked
3. `sift`: one statement reads, checks and compares every row with what is stored
4. `faults`: rows that are not taken go to the errors file, with reasons
5. `writing`: one INSERT, one UPDATE
"""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from clients.feeds import faults, repeats, staging
from clients.feeds.ahead import read_ahead
from clients.feeds.load import Load
from clients.feeds.outcome import Outcome
from clients.feeds.refusal import FeedRefused
from clients.feeds.sift import read_days, sift
from clients.feeds.spec import Feed
from clients.feeds.table import Table, open_table
from clients.feeds.writing import write

LOCKS = 7_320_001  # the advisory locks of feeds
SHOWN_ERRORS = 50
# Enough for hashing a million keys at once; larger files spill to disk instead of memory.
WORK_MEM = "64MB"


def no_progress(rows: int, note: str) -> None:
    """For loads that nobody watches."""


@dataclass(frozen=True)
class Order:
    """What is to be loaded, and how. `branches`: confined to the clients of these units; None: not confined."""

    feed: Feed
    path: Path
    file_name: str
    today: dt.date
    at: dt.datetime
    business_date: dt.date | None = None
    rows_stated: int | None = None
    branches: list[int] | None = None
    errors_path: Path | None = None
    progress: Callable[[int, str], None] = no_progress


def execute(order: Order, *, begin: Callable[[], None], done: Callable[[Outcome], None]) -> Outcome:
    """Load a file. `begin` runs first and `done` last inside the transaction.

    Files of one feed are loaded one after the other, in the order in which they came.
    Raises FeedRefused where nothing was taken.
    """
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        begin()
        _queue(cursor, order)
        load, outcome = _check(cursor, order)
        if outcome.inserted or outcome.updated:
            order.progress(outcome.rows, _("Writing"))
            write(load, new=outcome.inserted > 0, changed=outcome.updated > 0)
        order.feed.at_end(load)
        outcome.seconds = round(time.monotonic() - started, 3)
        done(outcome)
    return outcome


def rehearse(order: Order) -> Outcome:
    """What `execute` would find. Nothing is changed. Raises FeedRefused as it would."""
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        _load, outcome = _check(cursor, order)
        transaction.set_rollback(True)
    outcome.seconds = round(time.monotonic() - started, 3)
    return outcome


def _queue(cursor: CursorWrapper, order: Order) -> None:
    """Wait until no other file of this feed is being loaded; first come, first served."""
    lock: list[int | str] = [LOCKS, order.feed.name]
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", lock)
    if not cursor.fetchone()[0]:
        order.progress(0, _("Another file of this feed is being loaded; this one is next."))
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", lock)


def _check(cursor: CursorWrapper, order: Order) -> tuple[Load, Outcome]:
    """Stage the file and sift its rows: all that can be said of it before anything is written."""
    outcome = Outcome(order.feed.name, order.file_name)
    needed = frozenset() if order.branches is None else frozenset({order.feed.within_column})
    with open_table(order.path, order.feed, needed=needed) as table:
        outcome.unknown_columns = table.unknown
        outcome.rows = _stage(cursor, table, order)
    _check_total(outcome.rows, order.rows_stated)
    order.progress(outcome.rows, _("Checking"))
    load = Load(
        feed=order.feed,
        cursor=cursor,
        present=table.present,
        today=order.today,
        as_of=order.business_date or order.today,
        at=order.at,
        branches=order.branches,
    )
    read_days(load)
    load.feed.before_sift(load)
    outcome.repeats = repeats.set_aside(load)
    sift(load)
    _count(load, outcome)
    _report(load, outcome, order, table.header)
    return load, outcome


def _check_total(rows: int, stated: int | None) -> None:
    if stated is not None and stated != rows:
        raise FeedRefused(
            _("The control total is wrong: %(stated)s rows were announced, the file has %(found)s. Nothing was taken.")
            % {"stated": stated, "found": rows}
        )


def _stage(cursor: CursorWrapper, table: Table, order: Order) -> int:
    cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
    staging.make_table(cursor, table.staged)
    words = _("Reading")
    pieces = read_ahead(table.reader.pieces())
    return staging.stage(cursor, table.staged, pieces, lambda rows: order.progress(rows, words))


def _count(load: Load, outcome: Outcome) -> None:
    load.cursor.execute("SELECT fate, count(*), count(*) FILTER (WHERE warned) FROM sifted GROUP BY fate")
    rows: Counter[str] = Counter()
    for fate, count, warned in load.cursor.fetchall():
        rows[fate] = count
        outcome.warnings += warned if fate != "bad" else 0
    outcome.inserted, outcome.updated, outcome.rejected = rows["new"], rows["changed"], rows["bad"]
    outcome.unchanged = outcome.rows - outcome.repeats - rows["new"] - rows["changed"] - rows["bad"]


def _report(load: Load, outcome: Outcome, order: Order, header: list[str]) -> None:
    """The first errors for the page, and all of them for the file where one is wanted."""
    if not outcome.rejected:
        return
    found = faults.faults(load, header)
    if order.errors_path is None:
        outcome.errors = list(itertools.islice(found, SHOWN_ERRORS))
    else:
        outcome.errors = faults.write_file(order.errors_path, found, keep=SHOWN_ERRORS)
        outcome.errors_file = order.errors_path
