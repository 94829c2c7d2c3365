"""Trials: a policy, approved or not, on the clients as of any day; nothing of it reaches standings or history.

A trial for a page runs as a job and keeps its clients in a table of its own for a day, so that every cell can be
opened; a trial on the command line keeps nothing.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.segmentation import compute, rules, running
from clients.segmentation.choices import Group
from clients.segmentation.models import TrialResult
from clients.segmentation.selectors import current_run
from clients.segmentation.services import check_day
from clients.segmentation.sql import trial as sql
from crm.access.guards import check
from crm.jobs import services as jobs
from crm.jobs.models import Job, JobState

if TYPE_CHECKING:
    from crm.jobs.work import Work
    from crm.organisation.models import User

TRY = "clients.try_policy"
TRIAL_JOB = "segmentation.trial"
KEPT = dt.timedelta(days=1)
ASKING = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
CALLED = (Group.MOVEMENT, Group.NEW, Group.AT_RISK, Group.CORE, Group.DORMANT)  # reasons for calls, most urgent first
MOVEMENT_CALLS = 20  # a branch and day; the rest of the movements gets an SMS (callbacks.md)

Cells = dict[str, dict[str, int]]  # from code to code; "" is "in no run"


@dataclass(frozen=True)
class BranchCalls:
    """What one branch would be asked to do on the day: clients who enter a group that makes a call, by group."""

    branch_id: int
    entries: dict[str, int]

    @property
    def sms(self) -> int:
        """Movements beyond the day's cap: an SMS instead of a call."""
        return max(0, self.entries.get(Group.MOVEMENT, 0) - MOVEMENT_CALLS)

    @property
    def calls(self) -> int:
        return sum(self.entries.values()) - self.sms


@dataclass(frozen=True)
class Trial:
    """What a trial found. `rules` is complete; `tier`, `style`, `group` lead from today's boxes to the new ones."""

    as_of: str
    rules: dict[str, Any]
    clients: int
    changed: int
    seconds: float
    summary: dict[str, dict[str, int]]
    tier: Cells
    style: Cells
    group: Cells
    calls: list[BranchCalls]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Trial:
        return cls(**{**kept, "calls": [BranchCalls(**branch) for branch in kept["calls"]]})


def trial(
    *,
    policy_rules: Mapping[str, Any] | rules.Rules,
    as_of: dt.date,
    table: Path | None = None,
    work: Work | None = None,
) -> Trial:
    """Try `policy_rules` on D = `as_of`. Without `work` nothing at all is stored.

    `table` names a file for every client's result. `work` is a job's hold on the trial: it hears of progress, the
    clients are kept under the job, and it ends in the same transaction. Raises PolicyError.
    """
    wanted = as_rules(policy_rules)
    began = time.monotonic()
    total = len(compute.steps(wanted)) + 1

    def say(done: int, words: str | Promise) -> None:
        if work is not None:
            work.progress(done, total, str(words))

    with compute.workspace():
        compute.compute(as_of, wanted, say=say)
        say(total - 1, _("comparing"))
        if table is not None:
            running.write_table(table)
        with transaction.atomic():
            found = _compare(as_of, wanted)
            found = replace(found, seconds=round(time.monotonic() - began, 1))
            if work is not None:
                running.execute(sql.KEEP, {"job": work.job.pk})
                work.finish({"trial": found.to_json()})
    return found


def as_rules(given: Mapping[str, Any] | rules.Rules) -> rules.Rules:
    """Raises PolicyError for JSON that is no policy."""
    return given if isinstance(given, rules.Rules) else rules.parse(given)


def _compare(as_of: dt.date, wanted: rules.Rules) -> Trial:
    """What `seg_result` changes, counted; leaves `seg_trial`."""
    running.execute(sql.PAIRS, {})
    summary = running.summary()
    return Trial(
        as_of=f"{as_of:%F}",
        rules=rules.complete(wanted),
        clients=sum(summary["tier"].values()),
        changed=running.changed_count(),
        seconds=0.0,
        summary=summary,
        calls=_calls(),
        **{axis: _cells(statement) for axis, statement in sql.MATRIX.items()},
    )


def _cells(statement: str) -> Cells:
    cells: Cells = {}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for old, new, clients in cursor.fetchall():
            cells.setdefault(old, {})[new] = clients
    return cells


def _calls() -> list[BranchCalls]:
    reasons = [str(group) for group in (CALLED if current_run() else (Group.NEW,))]
    by_branch: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql.ENTRIES, {"reasons": reasons})
        for branch, code, clients in cursor.fetchall():
            by_branch.setdefault(branch, dict.fromkeys(reasons, 0))[code] = clients
    return [BranchCalls(branch, entries) for branch, entries in sorted(by_branch.items())]


@transaction.atomic
def request_trial(
    *, policy_rules: Mapping[str, Any] | rules.Rules, as_of: dt.date, by: User, at: dt.datetime | None = None
) -> Job:
    """Have the workers try `policy_rules` on D = `as_of`, for pages.

    Asked for twice while the first has not ended (a double click), it is that one. Raises PermissionDenied, PolicyError
    for rules that cannot be used, or RunRefused for a day that cannot be.
    """
    check(by, TRY)
    check_day(as_of)
    wanted = as_rules(policy_rules)
    params = {"as_of": f"{as_of:%F}", "rules": rules.complete(wanted)}
    with connection.cursor() as cursor:
        cursor.execute(ASKING, [f"{TRIAL_JOB}:{by.pk}"])
    waiting = Job.objects.filter(kind=TRIAL_JOB, requested_by=by, ended_at=None, cancel_asked=False, params=params)
    same = waiting.order_by("pk").first()
    if same is not None:
        return same
    return jobs.request(TRIAL_JOB, f"{by.pk} {uuid.uuid4().hex}", by=by, params=params, at=at)


def trial_of(job: Job) -> Trial | None:
    """What a finished trial found; None for a job that has not finished, or is no trial."""
    if job.kind != TRIAL_JOB or job.state != JobState.DONE:
        return None
    return Trial.from_json(job.result["trial"])


def is_kept(job: Job) -> bool:
    """Whether the trial's clients can still be listed."""
    return TrialResult.objects.filter(job=job).exists()


def forget_trials(*, at: dt.datetime) -> int:
    """Remove the clients of trials that ended more than a day before `at`. Returns how many rows went."""
    fresh = Job.objects.filter(kind=TRIAL_JOB).exclude(ended_at__lt=at - KEPT)
    return int(TrialResult.objects.exclude(job__in=fresh)._raw_delete("default"))
