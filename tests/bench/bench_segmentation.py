"""Segmentation of a million clients: the first run, a night, a night again after a few late data; beside its floor.

Everything happens in a copy of the large database, which is dropped afterwards: runs leave history.
"""

from __future__ import annotations

import datetime as dt

from tests.bench.commands import Ran, run
from tests.bench.database import AS_OF, as_owner, copy_of_large
from tests.bench.figures import Figure, against_floor, within

COPY = "crm_bench_segmentation"
NIGHT = AS_OF + dt.timedelta(days=1)
MOST_MEMORY_MB = 300
LATE_SHARE = 100  # of a hundred clients one gets a late snapshot

# The floor: nothing but everybody's average assets as they are defined, over his own window where he opened inside it,
# by one statement with a window function; they are left where a later statement could take them up.
FLOOR = """
CREATE TEMP TABLE bench_averages ON COMMIT DROP AS
SELECT client_id,
       round(sum(total * days) / (%(as_of)s::date - greatest(%(first)s::date, min(opened_on)) + 1), 2) AS average
FROM (
    SELECT client_id, opened_on, cash + securities AS total,
           greatest(0, lead(day, 1, %(as_of)s::date + 1) OVER (PARTITION BY client_id ORDER BY day)
                       - greatest(day, %(first)s::date, opened_on)) AS days
    FROM clients_assetsnapshot
    JOIN (SELECT id AS client_id, opened_on FROM clients_client) AS opening USING (client_id)
    WHERE day <= %(as_of)s::date
) AS held
GROUP BY client_id
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
    with copy_of_large(COPY):
        as_owner(UNDO, database=COPY)
        as_owner("VACUUM (ANALYZE) clients_standing", database=COPY)
        first = beside_floor(AS_OF)
        night = beside_floor(NIGHT)
        as_owner(LATE, {"day": NIGHT, "every": LATE_SHARE}, database=COPY)
        late = beside_floor(NIGHT)
    peak = max(ran.peak_mb for _floor, ran in (first, night, late))
    return [
        figure("segmentation, first run of a firm", first, 4),
        figure("segmentation, the night after: assets of nearly all move a little", night, 3),
        figure("segmentation, made again after late data of 1 % of the clients", late, 3),
        within("segmentation, memory of the process that runs it (MB)", ours=peak, at_most=MOST_MEMORY_MB, unit="MB"),
    ]


def beside_floor(as_of: dt.date) -> tuple[float, Ran]:
    """Seconds of the floor, and what the command took."""
    floor = _floor(as_of)
    return floor, run(COPY, "segment", "--as-of", as_of.isoformat())


def figure(name: str, measured: tuple[float, Ran], at_most: float) -> Figure:
    floor, ran = measured
    return against_floor(name, floor=floor, ours=ran.seconds, at_most=at_most)


def _floor(as_of: dt.date) -> float:
    """The better of two: the first may have to read from disk."""
    values: dict[str, object] = {"as_of": as_of, "first": as_of - dt.timedelta(days=91), "days": 92}
    return min(as_owner(FLOOR, values, database=COPY) for _ in range(2))
