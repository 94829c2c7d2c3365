"""The record of each file that came, from its arrival to what became of it.

A batch is *running* while its import holds a lock on the batch's row, in the transaction that writes the data. An
import that was killed leaves a running batch that nobody holds: nothing of it was taken, and `sweep` says so.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.files import digest_of
from clients.feeds.models import FeedBatch
from clients.feeds.outcome import Outcome
from crm.jobs.models import Job, JobState

if TYPE_CHECKING:
    from crm.organisation.models import User

JOB_KIND = "feed.import"
ALIVE = (JobState.QUEUED, JobState.RUNNING)


def open_batch(
    *,
    feed: str,
    path: Path,
    file_name: str,
    source: BatchSource,
    state: BatchState,
    by: User | None,
    business_date: dt.date | None,
    rows_stated: int | None,
    stored_as: str = "",
    at: dt.datetime,
) -> FeedBatch:
    """Note that a file came. Hashes it as it lies there."""
    sha256, size = digest_of(path)
    return FeedBatch.objects.create(
        feed=feed,
        file_name=file_name[:255],
        stored_as=stored_as,
        sha256=sha256,
        size=size,
        business_date=business_date,
        rows_stated=rows_stated,
        source=source,
        state=state,
        by=by,
        created_at=at,
    )


def hold(batch: FeedBatch) -> None:
    """Lock the batch's row for the running transaction: as long as it lasts, the import is alive."""
    FeedBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.state, batch.ended_at, batch.message = BatchState.RUNNING, None, ""


def finish(batch: FeedBatch, outcome: Outcome, *, at: dt.datetime) -> None:
    """Write what became of the file, in the transaction of its data."""
    for name in ("rows", "inserted", "updated", "unchanged", "repeats", "rejected", "warnings", "unknown_columns"):
        setattr(batch, name, getattr(outcome, name))
    batch.first_errors = [list(fault) for fault in outcome.errors]
    batch.errors_file = below_media(outcome.errors_file) if outcome.errors_file else ""
    batch.state, batch.message, batch.ended_at = outcome.state, outcome.note, at
    batch.save()


def fail(batch: FeedBatch, message: str, *, at: dt.datetime | None = None) -> None:
    """Note that nothing of the file was taken, and why."""
    ended = {"state": BatchState.FAILED, "message": message, "ended_at": at or timezone.now()}
    FeedBatch.objects.filter(pk=batch.pk).update(**ended)
    batch.refresh_from_db()


def sweep(*, at: dt.datetime | None = None) -> int:
    """Close the batches of imports that were killed; those of a job that will be tried again stay. Returns how many."""
    trying = Job.objects.filter(kind=JOB_KIND, state__in=ALIVE).values_list("key", flat=True)
    with transaction.atomic():
        left = FeedBatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=BatchState.RUNNING)
        dead = [batch for batch in left if str(batch.pk) not in set(trying)]
        for batch in dead:
            fail(batch, _("The import was interrupted. Nothing was taken; load the file again."), at=at)
    return len(dead)


def newest_business_date(feed: str) -> dt.date | None:
    """The newest day for which a file of this feed was taken."""
    taken = FeedBatch.objects.filter(feed=feed, state__in=[BatchState.DONE, BatchState.PARTLY])
    newest: dt.date | None = taken.aggregate(newest=Max("business_date"))["newest"]
    return newest


def errors_path(batch: FeedBatch) -> Path:
    """Where the errors file of a batch lies."""
    return Path(settings.MEDIA_ROOT) / "feeds" / "errors" / f"{batch.pk}.csv"


def below_media(path: Path) -> str:
    return path.relative_to(settings.MEDIA_ROOT).as_posix()
