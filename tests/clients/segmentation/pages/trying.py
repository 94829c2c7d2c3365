"""A trial that would move many, and what the twin says of it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from clients.segmentation.trials import request_trial
from crm.jobs import services as jobs
from crm.jobs.models import Job, JobState
from crm.organisation.models import User
from tests.clients.segmentation.pages.firm import NIGHT, TODAY, books, branch_of, found
from tests.clients.segmentation.twin import Result, segment

TRIALS = "/segmentation/policies/trials/"
POLICY: dict[str, Any] = {
    "tiers": {"gold": 150_000, "platinum": 990_000},
    "trader": {"turnover_ratio": 0.05},
    "core": {"min_tier": "gold"},
    "new": {"days": 10},
    "order": ["movement", "core", "new", "at_risk", "dormant"],
}
THEN = dt.date(2026, 11, 1)  # some were not there yet, and who closed later still was
CALLED = ["movement", "new", "at_risk", "core", "dormant"]


def tried(by: User, day: dt.date = TODAY, policy: dict[str, Any] = POLICY) -> Job:
    """A trial that has ended."""
    job = request_trial(policy_rules=policy, as_of=day, by=by)
    assert jobs.run(job.pk)
    return Job.objects.get(pk=job.pk, state=JobState.DONE)


@cache
def sides(day: dt.date) -> dict[str, tuple[Result | None, Result | None]]:
    """Everybody who stands somewhere now or would, by number: now, and under POLICY as of `day`."""
    now, then = found(NIGHT), segment(books(), day, POLICY)
    return {number: (now.get(number), then.get(number)) for number in {*now, *then}}


def enter(day: dt.date, branch: str, group: str) -> set[str]:
    """Who of a branch would match a group he does not match now."""
    return {
        number
        for number, (now, then) in sides(day).items()
        if branch_of(number) == branch and then and group in then.matches and not (now and group in now.matches)
    }


def box(axis: str, one: Result | None) -> str:
    return str(getattr(one, axis)) if one else "-"


def url(job: Job, rest: str = "") -> str:
    return f"{TRIALS}{job.pk}/{rest}"
