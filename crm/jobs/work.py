"""What a runner is given: the job, its progress, and whether to go on."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from types import TracebackType
from typing import Any

import structlog
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from crm.jobs.errors import Cancelled, LeaseLost
from crm.jobs.models import Job, JobState

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 1.0
NOTE_LENGTH = 300


class Work:
    """One try at a job, held by a lease.

    A thread with a connection of its own renews the lease and writes the progress, outside the transaction of the
    work itself: people see it move, and one long statement does not lose the lease. It dies with the process.
    Inside a transaction of the caller (a test) nobody else could see the job: then all is written in place.
    """

    def __init__(self, job: Job, token: uuid.UUID, lease: dt.timedelta) -> None:
        self.job = job
        self.token = token
        self.finished = False
        self._lease = lease
        self._state = threading.Lock()
        self._unsaved: dict[str, Any] = {}
        self._cancelled = False
        self._lost = False
        self._over = threading.Event()
        self._in_place = connection.in_atomic_block
        self._thread = threading.Thread(target=self._keep_up, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Work:
        if not self._in_place:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is: `done` of `total` (None: not known) and a few words. Cheap; call it often.

        Raises Cancelled or LeaseLost when the work must stop.
        """
        total = max(total, done) if total is not None else None
        with self._state:
            self._unsaved = {"done": done, "total": total, "note": note[:NOTE_LENGTH]}
        if self._in_place:
            self._flush(timezone.now())
        self.check_cancelled()

    def check_cancelled(self) -> None:
        """Raises Cancelled when somebody stopped the job, LeaseLost when it is somebody else's now."""
        if self._lost:
            raise LeaseLost(f"job {self.job.pk}")
        if self._cancelled:
            raise Cancelled(f"job {self.job.pk}")

    def finish(self, result: dict[str, Any] | None = None, *, at: dt.datetime | None = None) -> None:
        """Mark the job done inside the transaction of the work, as its last statement: both happen, or neither.

        Raises LeaseLost when the job is no longer ours, which takes the transaction back.
        """
        with self._state:
            fields = dict(self._unsaved)
            self._unsaved = {}
        ended = self._mine().update(
            **fields,
            state=JobState.DONE,
            result=result or {},
            error="",
            lease_token=None,
            lease_until=None,
            ended_at=at or timezone.now(),
        )
        if not ended:
            raise LeaseLost(f"job {self.job.pk}")
        self.finished = True

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=JobState.RUNNING)

    def _keep_up(self) -> None:
        """The thread: write progress when there is some, renew the lease well before it runs out."""
        renewed = time.monotonic()
        try:
            while not self._over.wait(min(FLUSH_SECONDS, self._lease.total_seconds() / 4)):
                due = time.monotonic() - renewed >= self._lease.total_seconds() / 4
                try:
                    self._flush(timezone.now(), renew=due)
                    renewed = time.monotonic() if due else renewed
                except DatabaseError as error:  # a database that restarts: the lease gives it time
                    log.warning("job_progress_unsaved", job=self.job.pk, error=str(error))
                    connection.close()
        finally:
            connections.close_all()

    def _flush(self, now: dt.datetime, *, renew: bool = True) -> None:
        with self._state:
            fields, self._unsaved = self._unsaved, {}
        if renew:
            fields["lease_until"] = now + self._lease
        if fields and not self._mine().update(**fields):
            self._lost = not self.finished
        self._cancelled = self._mine().filter(cancel_asked=True).exists()
