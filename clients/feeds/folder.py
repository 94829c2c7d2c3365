"""The watched folder: files that appear in `in` are loaded and moved to `done` or `failed`.

A file is named `<feed>[_<business date>][_<rows>]….csv[.gz]`, e.g. `assets_2026-11-22_1000000.csv.gz`. It is taken when
it has not been written to for a while; a sender who can writes under another name (`.part`) and renames at the end.

One process at a time, by a lock on the folder. A file is claimed by moving it to `in/.working` under a name of its
own, which its batch notes: after a kill it is found there, and loaded unless that batch says it was.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.feeds import faults
from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.faults import Fault
from clients.feeds.files import readable_name
from clients.feeds.importing import import_file
from clients.feeds.models import FeedBatch
from clients.feeds.refusal import FeedRefused
from clients.feeds.spec import all_feeds

log = structlog.get_logger(__name__)

QUIET = dt.timedelta(seconds=20)
UNFINISHED = (".part", ".tmp", ".filepart")
CLAIM = re.compile(r"[0-9a-f]{32}__")
LONGEST_NAME_BYTES = 200  # a file system takes 255: this, a claim's number, and the ending of its errors file


@dataclass(frozen=True)
class Named:
    """What a file's name says."""

    feed: str
    order: int  # the place of the feed in the order in which a firm loads them
    business_date: dt.date | None
    rows: int | None


@dataclass(frozen=True)
class Folders:
    incoming: Path
    working: Path
    done: Path
    failed: Path

    @classmethod
    def under(cls, root: Path) -> Folders:
        """The four folders, made where they are missing."""
        folders = cls(root / "in", root / "in" / ".working", root / "done", root / "failed")
        for folder in (folders.incoming, folders.working, folders.done, folders.failed):
            folder.mkdir(parents=True, exist_ok=True)
        return folders


def watch(*, at: dt.datetime | None = None) -> int:
    """Load what lies ready. Returns the number of files dealt with; none when another process is at it."""
    folders = Folders.under(Path(settings.FEEDS_DIR))
    dealt_with = 0
    with _alone(folders.working) as alone:
        while alone and (path := _next(folders, at or timezone.now())):
            _deal_with(path, folders)
            dealt_with += 1
    return dealt_with


def parse_name(name: str) -> Named | None:
    """None for a name that no feed has."""
    for order, feed in enumerate(all_feeds()):
        said = re.fullmatch(
            rf"{feed.name}(?:_(\d{{4}}-\d{{2}}-\d{{2}}))?(?:_(\d+))?(?:[._-].*)?\.(csv|csv\.gz|xlsx)",
            name,
            re.IGNORECASE,
        )
        if said:
            day, rows = said[1], said[2]
            with contextlib.suppress(ValueError):
                return Named(feed.name, order, dt.date.fromisoformat(day) if day else None, int(rows) if rows else None)
    return None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this process has the folder to itself; the lock goes with the process."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _next(folders: Folders, at: dt.datetime) -> Path | None:
    """The next file to load, claimed: first what a killed process left, then the firm's order, oldest day first."""
    left = sorted(path for path in folders.working.iterdir() if CLAIM.match(path.name))
    if left:
        return left[0]
    ready = [path for path in folders.incoming.iterdir() if _is_ready(path, at)]
    if not ready:
        return None
    first = min(ready, key=_rank)
    return first.rename(folders.working / f"{uuid.uuid4().hex}__{_kept_name(first.name)}")


def _kept_name(name: str) -> str:
    """The name under which a file goes on: as text, and short enough for what is put before and behind it."""
    kept = readable_name(name)
    while len(kept.encode()) > LONGEST_NAME_BYTES:
        kept = kept[: len(kept) // 2 - 1] + kept[len(kept) // 2 :]
    return kept


def _is_ready(path: Path, at: dt.datetime) -> bool:
    if path.name.startswith(".") or path.name.lower().endswith(UNFINISHED) or path.is_symlink():
        return False
    if not path.is_file():
        return False
    return path.stat().st_mtime <= (at - QUIET).timestamp()


def _rank(path: Path) -> tuple[int, dt.date, str]:
    named = parse_name(path.name)
    if named is None:
        return -1, dt.date.min, path.name
    return named.order, named.business_date or dt.date.max, path.name


def _deal_with(claimed: Path, folders: Folders) -> None:
    """Load a claimed file and put it away, its errors beside it."""
    name = CLAIM.sub("", claimed.name, count=1)
    earlier = FeedBatch.objects.filter(stored_as=claimed.name, state__in=[BatchState.DONE, BatchState.PARTLY]).first()
    if earlier is not None:  # it was loaded, and the process was killed before it was put away
        _put_away(claimed, folders.done, name)
        return
    errors = claimed.with_name(f".{claimed.name}.errors.csv")
    try:
        rows = _load(claimed, name, errors)
    except OperationalError:
        raise  # the database is gone; the file waits where it is
    except Exception as error:
        reason = str(error) if isinstance(error, FeedRefused) else _("The import stopped with an error; see the log.")
        log.warning("feed_file_failed", file=name, reason=reason, exc_info=not isinstance(error, FeedRefused))
        faults.write_file(errors, iter([Fault(0, "", reason)]), keep=0)
        _put_away(claimed, folders.failed, name, errors)
    else:
        log.info("feed_file_loaded", file=name, rows=rows)
        _put_away(claimed, folders.done, name, errors)


def _load(claimed: Path, name: str, errors: Path) -> int:
    named = parse_name(name)
    if named is None:
        raise FeedRefused(_("The file's name says no feed; expected is one such as assets_2026-11-22.csv."))
    outcome = import_file(
        feed=named.feed,
        path=claimed,
        by=None,
        source=BatchSource.FOLDER,
        business_date=named.business_date,
        rows_stated=named.rows,
        file_name=name,
        stored_as=claimed.name,
        errors_path=errors,
    )
    if not outcome.rejected:
        errors.unlink(missing_ok=True)
    return outcome.rows


def _put_away(claimed: Path, folder: Path, name: str, errors: Path | None = None) -> None:
    """Move a file, and its errors, to where no other of that name is. The file last: that ends the work."""
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{number}~{name}"
    if errors is not None and errors.exists():
        errors.rename(folder / f"{target.name}.errors.csv")
    claimed.rename(target)
