"""Long work: asked for once, run by one worker at a time, picked up again after a kill.

A job's states: queued → running → done | failed | cancelled; running → queued when a try failed or its lease ran out;
failed, cancelled → queued by `retry`. What a runner must keep to so that nothing is doubled: `registry.runner`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit.services import acting
from crm.events.nudge import nudge_after_commit
from crm.jobs.errors import Cancelled, JobRefused, LeaseLost
from crm.jobs.models import Job, JobState
from crm.jobs.registry import Runner, find, runner_of
from crm.jobs.work import Work

if TYPE_CHECKING:
    from crm.organisation.models import User

log = structlog.get_logger(__name__)

RUN = "crm.jobs.run"
NUDGE_AGAIN = dt.timedelta(minutes=5)  # a waiting job is announced once in this time, not with every sweep
NUDGE_LOST = dt.timedelta(seconds=30)  # by then the nudge after commit has come, or was lost
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(minutes=30)


def request(
    kind: str, key: str, *, by: User | None, params: dict[str, Any] | None = None, at: dt.datetime | None = None
) -> Job:
    """The job `(kind, key)`: made and announced to the workers after commit, or the one that exists, in any state.

    `key` says what is being done once: a day, a file's number. `params` is JSON. `by` is None for the system.
    Raises KeyError for a kind without a runner.
    """
    known = runner_of(kind)
    at = at or timezone.now()
    fields = {"requested_by": by, "params": params or {}, "created_at": at, "nudge_at": at + NUDGE_LOST}
    job, created = Job.objects.get_or_create(kind=kind, key=key, defaults=fields)
    if created:
        nudge_after_commit(RUN, job.pk, queue=known.queue)
    return job


def run(job_id: int, *, at: dt.datetime | None = None) -> bool:
    """Run one job unless somebody else has it. True when it was run here, whatever came of it."""
    taken = _take(job_id, at or timezone.now())
    if taken is None:
        return False
    job, known, token = taken
    logger = log.bind(job=job.pk, kind=job.kind, key=job.key, tries=job.tries)
    work = Work(job, token, known.lease)
    try:
        with work, acting(by=job.requested_by, job=job.pk, reason=f"{job.kind} {job.key}"):
            result = known.run(work)
        if not work.finished:
            work.finish(result)
        logger.info("job_done")
    except Cancelled:
        _end(work, JobState.CANCELLED, _("Stopped by hand."))
    except LeaseLost:
        logger.warning("job_lease_lost")
    except JobRefused as refusal:
        _end(work, JobState.FAILED, str(refusal))
    except Exception as error:  # the worker goes on with other jobs; this one is tried again or fails with words
        logger.exception("job_try_failed")
        _try_failed(work, known, error)
    return True


def _take(job_id: int, at: dt.datetime) -> tuple[Job, Runner, uuid.UUID] | None:
    """Take a waiting job, or one whose lease ran out; None when there is nothing to take."""
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, pk=job_id).first()
        known = find(job.kind) if job else None
        if job is None or known is None:
            return None
        if job.tries >= known.most_tries:
            _give_up(job, at)
            return None
        token = uuid.uuid4()
        job.state, job.tries = JobState.RUNNING, job.tries + 1
        job.lease_token, job.lease_until = token, at + known.lease
        job.started_at = job.started_at or at
        job.done, job.total, job.note = 0, None, ""
        job.save()
    return job, known, token


def _give_up(job: Job, at: dt.datetime) -> None:
    """A job whose workers vanished too often, without a word: killed, or out of memory."""
    job.state, job.ended_at = JobState.FAILED, at
    job.lease_token = job.lease_until = None
    job.error = job.error or _("The worker stopped %(count)s times while doing this.") % {"count": job.tries}
    job.save()
    log.error("job_given_up", job=job.pk, kind=job.kind)


def _mine(work: Work) -> Any:
    return Job.objects.filter(pk=work.job.pk, lease_token=work.token, state=JobState.RUNNING)


def _end(work: Work, state: JobState, words: str) -> None:
    """End a try for good. Nothing when the job is somebody else's by now."""
    _mine(work).update(state=state, error=words, lease_token=None, lease_until=None, ended_at=timezone.now())


def _try_failed(work: Work, known: Runner, error: Exception) -> None:
    """Wait for the next try, or fail after the last. The reference leads to the full story in the log."""
    words = _("Unexpected error (%(kind)s). Reference: job %(number)s.") % {
        "kind": type(error).__name__,
        "number": work.job.pk,
    }
    tries = work.job.tries
    if tries >= known.most_tries:
        _end(work, JobState.FAILED, words)
        return
    pause = min(FIRST_PAUSE * (1 << (tries - 1)), LONGEST_PAUSE)
    fields = {"lease_token": None, "lease_until": None, "error": words, "nudge_at": timezone.now() + pause}
    _mine(work).update(state=JobState.QUEUED, **fields)


def cancel(job: Job, *, by: User | None, at: dt.datetime | None = None) -> Job:
    """Stop a job: at once while it waits, at its next step while it runs. One that has ended stays as it is."""
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if job.state == JobState.QUEUED:
            job.state, job.ended_at, job.error = JobState.CANCELLED, at or timezone.now(), _("Stopped by hand.")
        job.cancel_asked = job.cancel_asked or not job.has_ended or job.state == JobState.CANCELLED
        job.save()
    log.info("job_cancel_asked", job=job.pk, by=by.staff_no if by else None)
    return job


def retry(job: Job, *, by: User | None, at: dt.datetime | None = None) -> Job:
    """Do a failed or stopped job again, from the start, with fresh tries. Others are left alone."""
    at = at or timezone.now()
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if not job.can_be_repeated:
            return job
        known = runner_of(job.kind)
        job.state, job.tries, job.cancel_asked = JobState.QUEUED, 0, False
        job.error, job.note, job.done, job.total, job.result = "", "", 0, None, {}
        job.started_at = job.ended_at = None
        job.nudge_at = at + NUDGE_LOST
        job.save()
        nudge_after_commit(RUN, job.pk, queue=known.queue)
    log.info("job_retried", job=job.pk, by=by.staff_no if by else None)
    return job


def sweep(*, at: dt.datetime | None = None) -> int:
    """Put jobs whose worker vanished back into the queue and announce what waits. Returns how many were announced."""
    at = at or timezone.now()
    _release_vanished(at)
    announced = 0
    with transaction.atomic():
        due = Job.objects.select_for_update(skip_locked=True, of=("self",)).waiting().filter(nudge_at__lte=at)
        for job in due.order_by("nudge_at"):
            known = find(job.kind)
            if known is not None:
                job.nudge_at = at + NUDGE_AGAIN
                job.save(update_fields=["nudge_at"])
                nudge_after_commit(RUN, job.pk, queue=known.queue)
                announced += 1
    return announced


def _release_vanished(at: dt.datetime) -> None:
    with transaction.atomic():
        gone = Job.objects.select_for_update(skip_locked=True, of=("self",)).running().filter(lease_until__lt=at)
        for job in gone:
            known = find(job.kind)
            if known is not None and job.tries >= known.most_tries:
                _give_up(job, at)
                continue
            job.state, job.nudge_at = (JobState.CANCELLED, at) if job.cancel_asked else (JobState.QUEUED, at)
            job.ended_at = at if job.cancel_asked else None
            job.lease_token = job.lease_until = None
            job.save()
            log.warning("job_worker_vanished", job=job.pk, kind=job.kind, tries=job.tries)
