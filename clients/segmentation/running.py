"""The work of a run, once everybody's segments are worked out: compare, and store as a whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from clients.segmentation.choices import ChangeKind, Group, RunKind, Style, Tier
from clients.segmentation.models import Policy, Run
from clients.segmentation.rules import MATCHABLE
from clients.segmentation.sql import compare, store
from crm.events.services import publish

if TYPE_CHECKING:
    from crm.jobs.models import Job
    from crm.organisation.models import User

CHANGED = "segments.changed"
LOCK = "hashtext('clients.segmentation.run')"
MANY = 20_000  # from so many clients on it pays to write standings without their indexes …
MOST = 5  # … when a fifth of them moves


@dataclass(frozen=True)
class Outcome:
    """What is about to be stored, and for whom."""

    as_of: dt.date
    kind: RunKind
    by: User | None
    policy: Policy
    job: Job | None
    started_at: dt.datetime


@contextmanager
def alone() -> Iterator[None]:
    """One run at a time, from its first look at the data to its commit; a second one waits and then looks anew."""
    within = connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory{'_xact' if within else ''}_lock({LOCK})")
    try:
        yield
    finally:
        if not within:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")


def changed_count() -> int:
    """How many clients differ from their current standing, those who left included."""
    return int(_one(compare.COUNT)[0])


def summary() -> dict[str, dict[str, int]]:
    """How many clients are where: every code of tier, style and group, and of the groups that can be matched."""
    found: dict[str, dict[str, int]] = {
        "tier": dict.fromkeys(Tier.values, 0),
        "style": dict.fromkeys(Style.values, 0),
        "group": dict.fromkeys(Group.values, 0),
        "matches": dict.fromkeys(MATCHABLE, 0),
    }
    with connection.cursor() as cursor:
        cursor.execute(compare.COMPOSITION)
        for _branch, tier, style, group, clients, _assets in cursor.fetchall():
            found["tier"][tier] += clients
            found["style"][style] += clients
            found["group"][group] += clients
        cursor.execute(compare.MATCHES)
        found["matches"] |= dict(cursor.fetchall())
    return found


def write_table(path: Path) -> None:
    """Write `seg_result` as CSV, by client number: the columns and forms of `segments.md`, "A run"."""
    with connection.cursor() as cursor, path.open("w", encoding="utf-8", newline="") as file:
        cursor.copy_expert(f"COPY ({compare.TABLE}) TO STDOUT WITH (FORMAT csv, HEADER)", file)


def write(outcome: Outcome) -> tuple[Run, bool]:
    """Store what is in `seg_result` as the run of its day. Call inside a transaction, with the lock of `alone`.

    Returns the run and whether it was made now: the day's current run comes back unchanged when it has the same
    policy and the same result.
    """
    clients, digest = _one(compare.DIGEST)
    current = Run.objects.filter(as_of=outcome.as_of, replaced_by=None).first()
    if current and (current.policy_id, current.digest, current.clients) == (outcome.policy.pk, digest, clients):
        return current, False
    newest = Run.objects.exclude(kind=RunKind.BACKFILL).order_by("-as_of", "-pk").first()
    is_backfill = newest is not None and outcome.as_of < newest.as_of
    run = Run(
        pk=_one(store.NEXT_RUN)[0],
        as_of=outcome.as_of,
        policy=outcome.policy,
        kind=RunKind.BACKFILL if is_backfill else outcome.kind,
        is_baseline=not is_backfill and not _stood_before(outcome.as_of),
        clients=clients,
        digest=digest,
        summary=summary(),
        job=outcome.job,
        by=outcome.by,
        started_at=outcome.started_at,
    )
    run.changed = _backfill(run) if is_backfill else _stand(run, current, newest)
    run.ended_at = timezone.now()
    if current is not None:  # first: a day has one current run at any moment
        current.replaced_by_id = run.pk
        current.save(update_fields=["replaced_by"])
    run.save(force_insert=True)
    for statement in (store.COMPOSITION, store.CUTS):
        execute(statement, {"run": run.pk})
    if not is_backfill:
        publish(CHANGED, {"run": run.pk, "as_of": f"{run.as_of:%F}", "baseline": run.is_baseline})
    return run, True


def _stood_before(day: dt.date) -> bool:
    """Whether a run of an earlier day put clients into segments: what comes then is no baseline."""
    return Run.objects.exclude(kind=RunKind.BACKFILL).filter(as_of__lt=day, clients__gt=0).exists()


def _backfill(run: Run) -> int:
    execute(store.RESULTS, {"run": run.pk})
    return 0


def _stand(run: Run, current: Run | None, newest: Run | None) -> int:
    """Write history and standings. Returns the rows of history."""
    values = {
        "run": run.pk,
        "as_of": run.as_of,
        "kind": _change_kind(run, current),
        "is_baseline": run.is_baseline,
        "replaced": list(Run.objects.filter(as_of=run.as_of).values_list("pk", flat=True)),
        "everyone": newest is not None and newest.policy_id != run.policy_id,
    }
    moved, gone = execute(store.HISTORY, values), execute(store.CLOSINGS, values)
    if gone:
        execute(store.LEAVE, values)
    changed = moved + gone
    rewritten = run.clients >= MANY and changed * MOST >= run.clients
    bare = rewritten and bool(_one(store.WITHOUT_INDEXES)[0])
    execute(store.STAND, values)
    if bare:
        _one(store.WITH_INDEXES)
    if rewritten:
        _one(store.STATISTICS)
    return changed


def _change_kind(run: Run, current: Run | None) -> ChangeKind:
    if current is not None and current.policy_id == run.policy_id:
        return ChangeKind.CORRECTION
    return ChangeKind.BASELINE if run.is_baseline else ChangeKind.CHANGE


def execute(sql: str, values: dict[str, Any]) -> int:
    """Run one statement of `sql/`. Returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _one(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
