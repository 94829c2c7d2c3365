"""One file of one feed, from the batch that notes its arrival to the event that announces it."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.feeds import batches, engine, faults, policies
from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.files import readable_name
from clients.feeds.kinds import EARLIEST
from clients.feeds.models import FeedBatch
from clients.feeds.outcome import Outcome
from clients.feeds.refusal import FeedRefused
from clients.feeds.spec import Feed, all_feeds, find
from crm.audit.services import acting
from crm.events.services import publish
from crm.jobs.errors import Cancelled

if TYPE_CHECKING:
    from crm.jobs.work import Work
    from crm.organisation.models import User

LOADED = "feed.loaded"
MOST_ROWS = 10**12


def feed_named(name: str) -> Feed:
    """Raises FeedRefused for a name that no feed has."""
    feed = find(name)
    if feed is None:
        known = ", ".join(feed.name for feed in all_feeds())
        raise FeedRefused(_("There is no feed “%(name)s”. The feeds are: %(known)s.") % {"name": name, "known": known})
    return feed


def import_file(
    *,
    feed: str,
    path: Path,
    by: User | None,
    source: BatchSource,
    business_date: dt.date | None = None,
    rows_stated: int | None = None,
    errors_path: Path | None = None,
    dry_run: bool = False,
    file_name: str | None = None,
    stored_as: str = "",
) -> Outcome:
    """Load one file of one feed (`feeds.md`).

    `rows_stated` is the control total. Rejected rows go to `errors_path` beside the batch's own errors file. A dry run
    finds the same figures and leaves nothing behind. `stored_as` tells the watched folder's files apart.

    Raises FeedRefused, with words for a person, where nothing could be taken; the batch, if it came to one, is failed.
    Raises PermissionDenied where `by` may not load this feed.
    """
    spec, today = feed_named(feed), timezone.localdate()
    policies.check_may_load(by, spec)
    check_business_date(business_date, today)
    check_rows_stated(rows_stated)
    if not path.is_file():
        raise FeedRefused(_("There is no file %(path)s.") % {"path": path})
    name = readable_name(file_name or path.name)
    if errors_path is not None:
        _begin_errors(errors_path, path)
    if dry_run:
        outcome = rehearse(
            feed=spec,
            path=path,
            file_name=name,
            by=by,
            business_date=business_date,
            rows_stated=rows_stated,
            errors_path=errors_path,
        )
    else:
        at = timezone.now()
        batches.sweep(at=at)
        batch = batches.open_batch(
            feed=spec.name,
            path=path,
            file_name=name,
            source=source,
            state=BatchState.RUNNING,
            by=by,
            business_date=business_date,
            rows_stated=rows_stated,
            stored_as=stored_as,
            at=at,
        )
        outcome = load_batch(batch, path)
    _hand_over_errors(outcome, errors_path)
    return outcome


def check_business_date(day: dt.date | None, today: dt.date) -> None:
    """A file speaks of today or earlier, or of tomorrow: a day that has not come must not look complete."""
    if day is not None and day > today + dt.timedelta(days=1):
        raise FeedRefused(_("The business date %(day)s is after tomorrow.") % {"day": day})
    if day is not None and day < EARLIEST:
        raise FeedRefused(_("The business date %(day)s is before %(earliest)s.") % {"day": day, "earliest": EARLIEST})


def check_rows_stated(rows: int | None) -> None:
    """No sender means a number of rows that the batch could not even note."""
    if rows is not None and rows > MOST_ROWS:
        raise FeedRefused(_("The control total %(rows)s is more than any file has rows.") % {"rows": rows})


def rehearse(
    *,
    feed: Feed,
    path: Path,
    file_name: str,
    by: User | None,
    business_date: dt.date | None,
    rows_stated: int | None,
    errors_path: Path | None = None,
) -> Outcome:
    """What loading the file would come to; nothing is changed. Raises FeedRefused as the load would."""
    order = engine.Order(
        feed=feed,
        path=path,
        file_name=file_name,
        today=timezone.localdate(),
        at=timezone.now(),
        business_date=business_date,
        rows_stated=rows_stated,
        branches=policies.branches_for(by),
        errors_path=errors_path,
    )
    return engine.rehearse(order)


def load_batch(batch: FeedBatch, path: Path, *, work: Work | None = None) -> Outcome:
    """Load the file of a running batch: the data, the batch, the event and, for a job, its end are one transaction.

    Raises FeedRefused where nothing could be taken; the batch is failed then, and for any other error.
    """
    order = engine.Order(
        feed=feed_named(batch.feed),
        path=path,
        file_name=batch.file_name,
        today=timezone.localdate(),
        at=timezone.now(),
        business_date=batch.business_date,
        rows_stated=batch.rows_stated,
        branches=policies.branches_for(batch.by),
        errors_path=batches.errors_path(batch),
        progress=(lambda rows, note: work.progress(rows, batch.rows_stated, note)) if work else engine.no_progress,
    )
    stale = _stale_note(batch)

    def done(outcome: Outcome) -> None:
        outcome.note, outcome.batch = stale, batch
        batches.finish(batch, outcome, at=timezone.now())
        day = batch.business_date.isoformat() if batch.business_date else None
        rejected = outcome.rejected
        publish(LOADED, {"batch": batch.pk, "feed": batch.feed, "business_date": day, "rejected": rejected})
        if work:
            work.finish({"batch": batch.pk, "rejected": rejected})

    try:
        with acting(by=batch.by, feed=batch.feed, batch=batch.pk):
            return engine.execute(order, begin=lambda: batches.hold(batch), done=done)
    except FeedRefused as refusal:
        batches.fail(batch, str(refusal))
        raise
    except Cancelled:
        batches.fail(batch, _("Stopped by hand. Nothing was taken."))
        raise
    except BaseException:
        if work is None:  # a job is tried again; when it is given up, the sweep says so
            with contextlib.suppress(DatabaseError):  # as it does when the database is gone
                batches.fail(batch, _("The import stopped with an error. Nothing was taken; load the file again."))
        raise


def _stale_note(batch: FeedBatch) -> str:
    """A file for an older day than the last is taken, and said to be one."""
    newest = batches.newest_business_date(batch.feed)
    if batch.business_date is None or newest is None or batch.business_date >= newest:
        return ""
    return _("The business date %(day)s is older than that of the newest file of this feed, %(newest)s.") % {
        "day": batch.business_date,
        "newest": newest,
    }


def _begin_errors(errors_path: Path, path: Path) -> None:
    """The errors file that the caller asked for, with its header alone: what an earlier load left there goes, and a
    place that cannot be written to is found out before anything is taken.
    """
    try:
        if errors_path.exists() and errors_path.samefile(path):
            raise FeedRefused(_("The errors file must be another file than the one that is loaded."))
        faults.write_file(errors_path, iter(()), keep=0)
    except OSError as error:
        words = _("The errors file %(path)s cannot be written: %(reason)s.")
        raise FeedRefused(words % {"path": errors_path, "reason": error.strerror or error}) from error


def _hand_over_errors(outcome: Outcome, errors_path: Path | None) -> None:
    """The caller gets the errors file where he asked for it; one without errors keeps the header alone."""
    if errors_path is None or outcome.errors_file == errors_path:
        return
    if outcome.errors_file is not None:
        shutil.copyfile(outcome.errors_file, errors_path)
    outcome.errors_file = errors_path
