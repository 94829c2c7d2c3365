"""`next` with a million open calls and eight connections, beside the barest correct claim."""

from __future__ import annotations

import datetime as dt
import multiprocessing as mp
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg2
from django.db import connection

from callbacks.queue.claiming import next_call
from crm.access.scope import appointments_of
from crm.organisation.models import User
from tests.bench.calls import AT, CLERKS, FIRST, lay_calls, put_back
from tests.bench.database import CLIENTS, as_owner, name_of, url_of, use
from tests.bench.figures import Figure

CONNECTIONS = 8
ROUNDS = 3
WARM = 10  # claims of each connection before the clock runs: connections live for days, and plan once
NOW = dt.datetime.fromisoformat(AT)
EACH = CLERKS // CONNECTIONS  # people a connection claims for, one call each: nobody needs to finish before the next

# The barest correct claim: the same probes on the same columns, in a table that has them and nothing else.
BARE_TABLE = """
CREATE UNLOGGED TABLE bench_call AS
    SELECT id, unit_id, assignee_id, own_hours, rank, due_at, closes_at, recused, passed_by, ready,
           NULL::bigint AS claimed_by_id, NULL::timestamptz AS lease_until
    FROM callbacks_call
"""
LOGGED = "ALTER TABLE bench_call SET LOGGED, ADD PRIMARY KEY (id)"
BARE_INDEX = """
CREATE INDEX ON bench_call (unit_id, own_hours, rank, due_at, id) WHERE ready AND assignee_id IS NULL
"""
BARE = """
UPDATE bench_call SET ready = false, claimed_by_id = %(user)s, lease_until = %(at)s::timestamptz + interval '30 minutes'
WHERE id = (
    SELECT best.id FROM unnest(ARRAY[false, true]) AS hours(own), LATERAL (
        SELECT id, rank, due_at FROM bench_call AS c
        WHERE c.ready AND c.assignee_id IS NULL AND c.unit_id = %(unit)s AND c.own_hours = hours.own
          AND (NOT c.own_hours OR c.closes_at > %(at)s) AND NOT %(user)s = ANY (c.recused)
          AND NOT %(user)s = ANY (c.passed_by)
        ORDER BY rank, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS best ORDER BY best.rank, best.due_at, best.id LIMIT 1)
RETURNING id
"""


def bench_next_call() -> list[Figure]:
    """At least a third of the rate of the barest claim, and 99 of 100 within 100 ms."""
    lay_calls(CLIENTS)
    database = name_of(CLIENTS)
    as_owner("DROP TABLE IF EXISTS bench_call", database=database)
    for statement in (BARE_TABLE, LOGGED, BARE_INDEX, "GRANT SELECT, UPDATE ON bench_call TO public"):
        as_owner(statement, database=database)
    as_owner("VACUUM (ANALYZE) bench_call", database=database)
    units = _units()
    connection.close()  # each process opens its own
    try:
        rounds = []
        for _round in range(ROUNDS):
            put_back(CLIENTS)
            rounds.append((_together(_bare, units), _together(_ours, units)))
    finally:
        put_back(CLIENTS)
        as_owner("DROP TABLE bench_call", database=database)
        use(CLIENTS)
    floor = statistics.median(rate for (rate, _times), _own in rounds)
    ours = statistics.median(rate for _bare, (rate, _times) in rounds)
    slowest = statistics.quantiles([t for _bare, (_rate, times) in rounds for t in times], n=100)[-1]
    size = f"{CLIENTS:,} open calls, {CONNECTIONS} connections"
    return [
        Figure(
            name=f"next, {size} (claims a second)", floor=round(floor, 1), ours=round(ours, 1),
            ratio=round(ours / floor, 3), wanted="≥ 1/3 ×", holds=ours >= floor / 3,
        ),
        Figure(
            name=f"next, p99, {size}", floor=None, ours=round(slowest, 5), ratio=None, wanted="≤ 0.1 s",
            holds=slowest <= 0.1,
        ),
    ]  # fmt: skip


def _units() -> dict[int, int]:
    """In which pool each of the bench's people calls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, unit_id FROM crm_appointment WHERE user_id >= %s", [FIRST])
        return dict(cursor.fetchall())


Share = Callable[[list[int], dict[int, int], Any], list[float]]


def _together(work: Share, units: dict[int, int]) -> tuple[float, list[float]]:
    """Let eight processes claim at once. Claims a second of all of them, and the seconds of each claim."""
    people = sorted(units)
    context = mp.get_context("fork")
    begin, results = context.Barrier(CONNECTIONS), context.Queue()
    crowd = [
        context.Process(target=_one, args=(work, people[number::CONNECTIONS], units, begin, results))
        for number in range(CONNECTIONS)
    ]
    for one in crowd:
        one.start()
    answers = [results.get(timeout=300) for _one_of in crowd]
    for one in crowd:
        one.join()
    began, ended = min(a[0] for a in answers), max(a[1] for a in answers)
    times = [seconds for answer in answers for seconds in answer[2]]
    return len(times) / (ended - began), times


def _one(work: Share, people: list[int], units: dict[int, int], begin: Any, results: Any) -> None:
    began: list[float] = []

    def ready() -> None:
        begin.wait(120)
        began.append(time.monotonic())

    times = work(people, units, ready)
    results.put((began[0], time.monotonic(), times))


def _bare(people: list[int], units: dict[int, int], ready: Callable[[], None]) -> list[float]:
    link = psycopg2.connect(url_of(name_of(CLIENTS), "DATABASE_URL"))
    times: list[float] = []
    with link.cursor() as cursor:
        for place, person in enumerate(people):
            if place == WARM:
                ready()
                times.clear()
            began = time.perf_counter()
            cursor.execute(BARE, {"user": person, "unit": units[person], "at": NOW})
            assert cursor.fetchone() is not None
            link.commit()
            times.append(time.perf_counter() - began)
    link.close()
    return times


def _ours(people: list[int], units: dict[int, int], ready: Callable[[], None]) -> list[float]:
    use(CLIENTS)
    users = list(User.objects.filter(pk__in=people))
    for user in users:  # as a request has them before any view runs
        appointments_of(user)
        user.get_all_permissions()
    times: list[float] = []
    for place, user in enumerate(users):
        if place == WARM:
            ready()
            times.clear()
        began = time.perf_counter()
        assert next_call(by=user, at=NOW) is not None, os.getpid()
        times.append(time.perf_counter() - began)
    connection.close()
    return times
