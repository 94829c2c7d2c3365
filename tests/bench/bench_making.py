"""Calls made from the changes of a run: a hundred thousand of them, beside one INSERT … SELECT of the same rows.

Everything happens in a copy of the large database, which is dropped afterwards: calls leave traces.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from callbacks.calls.choices import ReasonKind
from callbacks.calls.models import CallReason
from callbacks.plans.first_plans import lay_first_plans
from callbacks.plans.making import make
from callbacks.plans.models import Plan
from callbacks.plans.occasions import of_run
from clients.segmentation.models import Run
from tests.bench.commands import run
from tests.bench.database import AS_OF, CLIENTS, as_owner, copy_of_large, use
from tests.bench.figures import Figure, against_floor, timed

COPY = "crm_bench_making"
CALLS = 100_000
ROUNDS = 3
# What the night before found: so many clients entered a group, whatever else the run says.
CHANGES = """
WITH run AS (
    INSERT INTO clients_run (
        as_of, policy_id, kind, is_baseline, clients, changed, summary, digest, started_at, ended_at)
    SELECT %(as_of)s, policy_id, 'nightly', false, clients, %(calls)s, summary, 0, ended_at, ended_at
    FROM clients_run ORDER BY id DESC LIMIT 1
    RETURNING id
)
INSERT INTO clients_segmentchange (
    run_id, client_id, branch_id, as_of, kind, announced, tier, style, "group", matches, average_assets,
    trades_per_month, turnover_ratio, commission_12m, trades, traded_amount, total_assets, securities, recent_mean,
    earlier_mean, active_months, movement_urgency, old_tier, old_style, old_group, old_matches, movement_size)
SELECT run.id, s.client_id, s.branch_id, %(as_of)s, 'change', true, s.tier, s.style, 'at_risk', '{at_risk}',
       s.average_assets, 0, 0, 0, 0, 0, s.total_assets, 0, 40, 100, 0, 0, s.tier, s.style, 'general', '{}', 0
FROM run
CROSS JOIN (SELECT * FROM clients_standing WHERE status <> 'closed' ORDER BY client_id LIMIT %(calls)s) AS s
"""
# The floor: the rows that the plan made, written again into the same tables with the same indexes and constraints.
TABLES = ("call", "callreason", "making")
KEPT = [
    "DROP TABLE IF EXISTS bench_call, bench_callreason, bench_making",
    *(f"CREATE UNLOGGED TABLE bench_{name} AS SELECT * FROM callbacks_{name}" for name in TABLES),
]
EMPTY = "TRUNCATE callbacks_call, callbacks_callreason, callbacks_making CASCADE"
FLOOR = """
WITH calls AS (INSERT INTO callbacks_call SELECT * FROM bench_call ORDER BY id RETURNING id)
INSERT INTO callbacks_callreason SELECT * FROM bench_callreason ORDER BY id
"""
MAKING = "INSERT INTO callbacks_making SELECT * FROM bench_making"


def bench_making() -> list[Figure]:
    """Seconds of the whole making with its commit; after each the floor, on the same machine. The better of some."""
    day = AS_OF + dt.timedelta(days=1)
    with copy_of_large(COPY):
        run(COPY, "migrate", "--verbosity", "0")
        as_owner(CHANGES, {"as_of": day, "calls": CALLS}, database=COPY)
        as_owner("VACUUM (ANALYZE) clients_segmentchange", database=COPY)
        connection.settings_dict["NAME"] = COPY
        try:
            lay_first_plans()
            rounds = [_beside_floor(day) for _ in range(ROUNDS)]
        finally:
            use(CLIENTS)
    floor, ours = (min(column) for column in zip(*rounds, strict=True))
    return [against_floor(f"{CALLS:,} calls made from the changes of a run", floor=floor, ours=ours, at_most=3)]


def _beside_floor(day: dt.date) -> tuple[float, float]:
    """Seconds of the floor and of the making, both on empty tables."""
    as_owner(EMPTY, database=COPY)
    plan = Plan.objects.get(kind=ReasonKind.AT_RISK)
    occasion = of_run(Run.objects.get(as_of=day), day + dt.timedelta(days=1))
    ours = timed(lambda: make(plan=plan, occasion=occasion))
    made = CallReason.objects.count()
    assert made == CALLS, made
    for statement in KEPT:
        as_owner(statement, database=COPY)
    as_owner(EMPTY, database=COPY)
    as_owner(MAKING, database=COPY)
    return as_owner(FLOOR, database=COPY), ours
