"""Records of the files that would have brought the demo's facts, so that its feeds look complete."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from clients.demo import script
from clients.demo.firm import FILE_PREFIX, TAKEOVER_FILE
from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.models import FeedBatch

FIRST_FILE = dt.time(21, 40)  # the core system's evening run; the feeds follow each other
APART = dt.timedelta(minutes=4)
MOST_LATE = 1_500  # seconds


def note_takeover(*, start: dt.date, size: int) -> None:
    """The file by which the firm's clients came into the system: start and size are read from it ever after."""
    taken = _evening(start - dt.timedelta(days=1))
    FeedBatch.objects.create(
        feed="clients",
        file_name=TAKEOVER_FILE,
        business_date=start - dt.timedelta(days=1),
        rows_stated=size,
        rows=size,
        inserted=size,
        source=BatchSource.COMMAND,
        state=BatchState.DONE,
        created_at=taken,
        ended_at=taken,
    )


def note_batches(*, first: dt.date, last: dt.date) -> None:
    """A batch for every feed and day from `first` to `last`: trading feeds on exchange days, others that hold rows."""
    found = script.read("batches", first=first, last=last)
    FeedBatch.objects.bulk_create(
        [_batch(feed, day, rows=rows, size=size, place=place) for feed, day, rows, size, place in found]
    )


def _evening(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, FIRST_FILE, tzinfo=timezone.get_default_timezone())


def _batch(feed: str, day: dt.date, *, rows: int, size: int, place: int) -> FeedBatch:
    digest = hashlib.sha256(f"{feed}{day}{rows}".encode()).hexdigest()
    came = _evening(day) + place * APART + dt.timedelta(seconds=int(digest[:4], 16) % MOST_LATE)
    return FeedBatch(
        feed=feed,
        file_name=f"{FILE_PREFIX}{feed}_{day:%Y%m%d}.csv.gz",
        sha256=digest,
        size=size,
        business_date=day,
        rows_stated=rows,
        source=BatchSource.FOLDER,
        state=BatchState.DONE,
        rows=rows,
        inserted=rows,
        created_at=came,
        ended_at=came + dt.timedelta(seconds=1 + rows // 20_000),
    )
