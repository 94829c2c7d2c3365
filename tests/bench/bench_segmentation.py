"""Segmentation of a million clients: the first run, a night, a night again after a few late data; beside its floor.

Everything happens in a copy of the large database, which is dropped afterwards: runs leave history.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.db import connection

from tests.bench.database import AS_OF, CLIENTS, PROJECT, name_of, url_of
from tests.bench.figures import Figure, against_floor, within

COPY = "crm_bench_segmentation"
HOME = "crm"  # the cluster's own database, from which others are made
NIGHT = AS_OF + dt.timedelta(days=1)
MOST_MEMORY_MB = 300
LATE_SHARE = 100  # of a hundred clients one gets a late snapshot

# The floor: nothing but average assets, by one statement with a window function.
FLOOR = """
SELECT count(*), sum(average) FROM (
    SELECT client_id, round(sum(total * days) / %(days)s, 2) AS average
    FROM (
        SELECT client_id, cash + securities AS total,
               greatest(0, lead(day, 1, %(as_of)s::date + 1) OVER (PARTITION BY client_id ORDER BY day)
                           - greatest(day, %(first)s::date)) AS days
        FROM clients_assetsnapshot
        WHERE day <= %(as_of)s::date
    ) AS held
    GROUP BY client_id
) AS averages
"""
# The firm as it was before its first run.
UNDO = """
TRUNCATE clients_run CASCADE;
TRUNCATE clients_segmentchange, clients_runresult;
UPDATE clients_standing SET tier = 'none', style = 'investor', "group" = 'general', matches = '{}',
    average_assets = 0, total_assets = 0, group_since = NULL, run_id = NULL;
"""
LATE = """
INSERT INTO clients_assetsnapshot (client_id, day, cash, securities)
SELECT id, %(day)s, 1000, 2000000 FROM clients_client WHERE id %% %(every)s = 0
ON CONFLICT (client_id, day) DO UPDATE SET securities = excluded.securities + 1
"""


def bench_segmentation() -> list[Figure]:
    """Wall seconds, the floor measured before each run so that both meet the same machine."""
    with copied():
        first = beside_floor("segmentation, first run of a firm", AS_OF, 4)
        night = beside_floor("segmentation, the night after: assets of nearly all move a little", NIGHT, 3)
        _owner(LATE, {"day": NIGHT, "every": LATE_SHARE})
        late = beside_floor("segmentation, made again after late data of 1 % of the clients", NIGHT, 3)
    memory = within("memory of the process that runs it, MB", ours=_children_mb(), at_most=MOST_MEMORY_MB, unit="MB")
    return [first, night, late, memory]


def beside_floor(name: str, as_of: dt.date, at_most: float) -> Figure:
    floor = _floor(as_of)
    return against_floor(name, floor=floor, ours=_segment(as_of), at_most=at_most)


def _floor(as_of: dt.date) -> float:
    """The better of two: the first may have to read from disk."""
    values = {"as_of": as_of, "first": as_of - dt.timedelta(days=91), "days": 92}
    return min(_owner(FLOOR, values) for _ in range(2))


def _segment(as_of: dt.date) -> float:
    """Seconds that the command takes in a process of its own, Python's start included."""
    environment = os.environ | {name: url_of(COPY, name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    environment["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    command = [sys.executable, "manage.py", "segment", "--as-of", as_of.isoformat()]
    began = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _children_mb() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _owner(statement: str, values: dict[str, object] | None = None, database: str = COPY) -> float:
    """Run one statement as the owner, by itself. Returns its seconds."""
    link = psycopg2.connect(url_of(database, "DATABASE_OWNER_URL"))
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(statement, values)
            return time.perf_counter() - began
    finally:
        link.close()


@contextmanager
def copied() -> Iterator[None]:
    """A copy of the large database, as it was before its first run."""
    connection.close()  # nobody may be on a database that is copied
    _owner(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)", database=HOME)
    _owner(f"CREATE DATABASE {COPY} TEMPLATE {name_of(CLIENTS)} STRATEGY file_copy", database=HOME)
    try:
        _owner(UNDO)
        _owner("VACUUM (ANALYZE) clients_standing")
        yield
    finally:
        _owner(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)", database=HOME)
