"""Files that people bring on the upload page: kept until they are confirmed, then loaded as a job, then removed.

An upload may hold personal data in clear, so it stays no longer than it is needed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.feeds import batches, importing, policies
from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.files import HEAD_BYTES, check_name, content_of
from clients.feeds.models import FeedBatch
from clients.feeds.outcome import Outcome
from clients.feeds.refusal import FeedRefused
from crm.jobs import services as jobs
from crm.jobs.models import Job

if TYPE_CHECKING:
    from crm.organisation.models import User

FOLDER = "feeds/uploads"
KEPT = dt.timedelta(days=7)


def store_upload(
    *,
    feed: str,
    upload: UploadedFile[bytes],
    by: User,
    business_date: dt.date | None = None,
    rows_stated: int | None = None,
) -> FeedBatch:
    """Keep an uploaded file until it is confirmed or discarded.

    Raises FeedRefused where the content is not what the name says, PermissionDenied where `by` may not load the feed.
    """
    spec = importing.feed_named(feed)
    policies.check_may_load(by, spec)
    importing.check_business_date(business_date, timezone.localdate())
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    check_name(upload.name or "", head)
    stored_as = f"{FOLDER}/{uuid.uuid4()}{content_of(head).value}"
    path = Path(settings.MEDIA_ROOT) / stored_as
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        path.chmod(0o600)
        for chunk in upload.chunks():
            file.write(chunk)
    return batches.open_batch(
        feed=spec.name,
        path=path,
        file_name=upload.name or "",
        source=BatchSource.UPLOAD,
        state=BatchState.UPLOADED,
        by=by,
        business_date=business_date,
        rows_stated=rows_stated,
        stored_as=stored_as,
        at=timezone.now(),
    )


def preview(batch: FeedBatch) -> Outcome:
    """What loading this upload would come to: counts and first errors; nothing is changed.

    Raises FeedRefused where it could not be loaded at all.
    """
    return importing.rehearse(
        feed=importing.feed_named(batch.feed),
        path=path_of(batch),
        file_name=batch.file_name,
        by=batch.by,
        business_date=batch.business_date,
        rows_stated=batch.rows_stated,
    )


def confirm_upload(*, batch: FeedBatch, by: User) -> Job:
    """Have a waiting upload loaded by a worker; returns the job. Who confirms must be allowed to load the feed.

    Raises FeedRefused for an upload that waits no longer, PermissionDenied.
    """
    policies.check_may_load(by, importing.feed_named(batch.feed))
    with transaction.atomic():
        waiting = _waiting(batch)
        waiting.state, waiting.by = BatchState.RUNNING, by
        waiting.save()
        job = jobs.request(batches.JOB_KIND, str(batch.pk), by=by, params={})
    batch.refresh_from_db()
    return job


def discard_upload(*, batch: FeedBatch, by: User, at: dt.datetime | None = None) -> None:
    """Throw a waiting upload away. Raises FeedRefused for one that waits no longer, PermissionDenied."""
    policies.check_may_load(by, importing.feed_named(batch.feed))
    with transaction.atomic():
        _discard(_waiting(batch), at or timezone.now())
    batch.refresh_from_db()


def discard_forgotten(*, at: dt.datetime | None = None) -> int:
    """Throw uploads away that nobody confirmed within a week. Returns how many."""
    at = at or timezone.now()
    with transaction.atomic():
        waiting = FeedBatch.objects.select_for_update(skip_locked=True, of=("self",))
        forgotten = list(waiting.filter(state=BatchState.UPLOADED, created_at__lt=at - KEPT))
        for batch in forgotten:
            _discard(batch, at)
    return len(forgotten)


def remove_file(batch: FeedBatch) -> None:
    """Remove the uploaded file; the batch keeps its hash and what came of it."""
    path_of(batch).unlink(missing_ok=True)


def path_of(batch: FeedBatch) -> Path:
    """Where the uploaded file lies until it is loaded or discarded."""
    return Path(settings.MEDIA_ROOT) / batch.stored_as


def _waiting(batch: FeedBatch) -> FeedBatch:
    locked = FeedBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state != BatchState.UPLOADED:
        raise FeedRefused(_("This file waits no longer: it was confirmed or discarded already."))
    return locked


def _discard(batch: FeedBatch, at: dt.datetime) -> None:
    batch.state, batch.ended_at = BatchState.DISCARDED, at
    batch.save()
    transaction.on_commit(lambda: remove_file(batch))
