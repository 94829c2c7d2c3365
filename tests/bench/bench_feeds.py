"""Import of a file of assets with a row for every client, and of the same file again; beside a bare COPY of that file.

Everything happens in a copy of the large database, which is dropped afterwards: imports leave rows and batches.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.commands import Ran, run
from tests.bench.database import AS_OF, CLIENTS, copy_of_large, owner
from tests.bench.figures import Figure, against_floor, within

COPY = "crm_bench_feeds"
TIMES = 5
# A night's file goes beside those of other nights: days without assets, in a month at whose end every client has some.
DAYS = [AS_OF.replace(day=1) - dt.timedelta(days=2 + number) for number in range(TIMES)]
MOST_MEMORY_MB = 300

# Rows in no order: no core system promises one, and neither table shall be handed its keys sorted.
FILE = """
COPY (SELECT client_no, date '{day}' AS date, round((id * 7919 + {number}) % 100000007 / 100.0, 2) AS cash,
             round((id * 104729 + {number}) % 10000000019 / 100.0, 2) AS securities
      FROM clients_client ORDER BY hashint8(id)) TO STDOUT (FORMAT csv, HEADER)
"""
# The floor: the file as it is into a table that has its key and knows nothing else, committed as ours is.
FLOOR_TABLE = """
DROP TABLE IF EXISTS bench_floor;
CREATE TABLE bench_floor (
    client_no varchar(32) NOT NULL, date date NOT NULL, cash numeric(18,2) NOT NULL, securities numeric(18,2) NOT NULL,
    PRIMARY KEY (client_no, date)
)
"""
FLOOR = "COPY bench_floor FROM STDIN (FORMAT csv, HEADER)"
# A row's version bears the transaction that wrote it.
WRITERS = "SELECT count(*), min(xmin::text), max(xmin::text) FROM clients_assetsnapshot WHERE day = %s"
BUFFER = 1 << 20


class Measured(NamedTuple):
    """What one import took, and the seconds of the floor just before it."""

    floor: float
    ours: Ran


def bench_import() -> list[Figure]:
    """Some rounds, each with a file for another day; the whole command counts, Python's start included."""
    with copy_of_large(COPY), tempfile.TemporaryDirectory(prefix="crm-bench-") as folder:
        rounds = [measure(Path(folder), number) for number in range(TIMES)]
    first, again = ([measured[place] for measured in rounds] for place in (0, 1))
    peak = max(measured.ours.peak_mb for measured in (*first, *again))
    rows = f"{CLIENTS:,} rows of assets"
    return [
        figure(f"import of {rows}", first, at_most=3),
        figure(f"import of {rows}, the same file again: nothing written", again, at_most=2),
        within("import, memory of the process that runs it (MB)", ours=peak, at_most=MOST_MEMORY_MB, unit="MB"),
    ]


def figure(name: str, measured: list[Measured], *, at_most: float) -> Figure:
    """Medians of the floor and of ours."""
    floors, ours = zip(*((one.floor, one.ours.seconds) for one in measured), strict=True)
    return against_floor(name, floor=statistics.median(floors), ours=statistics.median(ours), at_most=at_most)


def measure(folder: Path, number: int) -> tuple[Measured, Measured]:
    """A new file, and the same file again. Raises RuntimeError when either did not do what it is measured for."""
    day, path = DAYS[number], folder / f"assets_{DAYS[number]}.csv"
    _write(path, day, number)
    first = Measured(_floor(path), _import(path))
    _expect(first.ours, inserted=CLIENTS)
    writers = _writers(day)
    again = Measured(_floor(path), _import(path))
    _expect(again.ours, unchanged=CLIENTS)
    if _writers(day) != writers:
        raise RuntimeError("the same file again wrote rows")
    return first, again


def _import(path: Path) -> Ran:
    return run(COPY, "import_feed", "assets", str(path))


def _expect(ran: Ran, **wanted: int) -> None:
    summary = json.loads(ran.output.splitlines()[-1])
    counts = {"rows": CLIENTS, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 0} | wanted
    if {name: summary[name] for name in counts} != counts:
        raise RuntimeError(f"the import did something else: {summary}")


def _write(path: Path, day: dt.date, number: int) -> None:
    with owner(COPY) as cursor, path.open("wb") as file:
        cursor.copy_expert(FILE.format(day=day, number=number), file, BUFFER)


def _floor(path: Path) -> float:
    """Seconds of the COPY alone."""
    with owner(COPY) as cursor, path.open("rb") as file:
        cursor.execute(FLOOR_TABLE)
        began = time.perf_counter()
        cursor.copy_expert(FLOOR, file, BUFFER)
        return time.perf_counter() - began


def _writers(day: dt.date) -> tuple[object, ...] | None:
    with owner(COPY) as cursor:
        cursor.execute(WRITERS, [day])
        return cursor.fetchone()
