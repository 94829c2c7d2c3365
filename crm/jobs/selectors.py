"""Jobs as pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.jobs.models import Job, JobState
from crm.jobs.registry import find
from crm.organisation.models import User

ENOUGH_TO_GUESS = dt.timedelta(seconds=5)


@dataclass(frozen=True)
class Shown:
    """What `components/job.html` takes, for one job and one reader."""

    job: Job
    title: str
    state: str
    done: int
    total: int
    left: str
    note: str
    poll_url: str
    cancel_url: str
    retry_url: str
    result_url: str
    result_label: str


def shown(job: Job, user: User, *, at: dt.datetime) -> Shown:
    """One job for `user` at the instant `at`."""
    mine, known = may_steer(job, user), find(job.kind)
    result: dict[str, Any] = job.result
    is_done = job.state == JobState.DONE
    return Shown(
        job=job,
        title=title_of(job),
        state=job.state,
        done=(job.total or 0) if is_done else job.done,
        total=job.total or 0,
        left=time_left(job, at=at),
        note=job.error or ("" if job.has_ended else job.note),  # what was being done last is no result
        poll_url="" if job.has_ended else _url(job, "state"),
        cancel_url=_url(job, "cancel") if mine and job.can_be_cancelled else "",
        retry_url=_url(job, "retry") if mine and job.can_be_repeated and known else "",
        result_url=result.get("url", "") or (known.page(job) if known and is_done else ""),
        result_label=result.get("label", "") or _("To the result"),
    )


def may_steer(job: Job, user: User) -> bool:
    """Whoever asked for a job may stop and repeat it, and with `crm.manage_jobs` everybody's."""
    return job.requested_by_id == user.pk or user.has_perm("crm.manage_jobs")


def _url(job: Job, verb: str) -> str:
    return reverse(f"jobs:{verb}", args=[job.pk])


def title_of(job: Job) -> str:
    """What the runner calls this kind of work, and which one it is."""
    known = find(job.kind)
    return f"{known.title} · {known.about(job)}" if known else f"{job.kind} · {job.key}"


def time_left(job: Job, *, at: dt.datetime) -> str:
    """A guess from the pace so far, in words; empty while there is too little to go by."""
    if job.state != JobState.RUNNING or not job.total or not job.done or job.started_at is None:
        return ""
    gone = at - job.started_at
    if gone < ENOUGH_TO_GUESS:
        return ""
    seconds = int(gone.total_seconds() * (job.total - job.done) / job.done)
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
