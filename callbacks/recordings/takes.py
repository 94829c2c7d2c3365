"""Recordings that browsers make: taken in piece by piece, each where the last one ended, so that a reload, a lost
network or a killed server loses nothing. The browser keeps every piece until it is told that it is here.

The bytes of a take lie in `<MEDIA_ROOT>/takes/<key>` until it is closed; the row says how many of them count.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.models import Call
from callbacks.recordings import policies
from callbacks.recordings.choices import Source
from callbacks.recordings.models import Recording, Take
from callbacks.recordings.services import Of, keep_recording
from crm.audit.services import acting
from crm.files.errors import FileRefused
from crm.organisation.models import User

if TYPE_CHECKING:
    from callbacks.enquiries.models import Enquiry

log = structlog.get_logger(__name__)

FOLDER = "takes"
PIECE = 1 << 20
MOST_OPEN = 5  # of one person, before what is left behind is closed


class WrongPlace(Exception):
    """A piece does not begin where the last one ended. `received` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


def begin(
    *,
    by: User,
    key: uuid.UUID,
    call: Call | None = None,
    enquiry: Enquiry | None = None,
    at: dt.datetime | None = None,
) -> Take:
    """Begin a take that the browser calls `key`; one that has begun is the same take. Raises PermissionDenied."""
    policies.check_add(by, call=call, enquiry=enquiry)
    if Take.objects.filter(pk=key).exclude(by=by).exists():
        raise FileRefused(_("This recording is somebody else's."))
    at = at or timezone.now()
    with transaction.atomic(), acting(by=by):
        _check_open(by, key)
        take, _made = Take.objects.get_or_create(
            key=key, by=by, defaults={"call": call, "enquiry": enquiry, "begun_at": at, "received_at": at}
        )
    return take


def _check_open(by: User, key: uuid.UUID) -> None:
    """A person has only a few takes open at once, so that what he sends does not fill the disk. Raises FileRefused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"takes:{by.pk}"])
    if Take.objects.open().filter(by=by).exclude(pk=key).count() >= MOST_OPEN:
        raise FileRefused(_("Too many of your recordings are not finished yet. Please wait until they have been sent."))


def append(*, by: User, take: Take, offset: int, chunks: Iterable[bytes], at: dt.datetime | None = None) -> int:
    """Add a piece that begins at `offset`. Returns how many bytes are here now.

    A piece that is here already (its answer was lost) changes nothing. Raises WrongPlace for one behind a gap,
    FileRefused when the whole would be too large or the take is closed.
    """
    piece = b"".join(_at_most(chunks, PIECE * 8))
    with transaction.atomic(), acting(by=by):
        locked = Take.objects.visible_to(by).select_for_update(of=("self",)).get(pk=take.pk)
        if offset + len(piece) <= locked.received:
            return locked.received
        if locked.closed_at is not None:
            raise FileRefused(_("This recording has been closed."))
        if offset != locked.received:
            raise WrongPlace(locked.received)
        if offset + len(piece) > settings.RECORDING_MAX_BYTES:
            raise FileRefused(_too_large())
        _write(locked, piece)
        locked.received += len(piece)
        locked.received_at = at or timezone.now()
        locked.save(update_fields=["received", "received_at"])
    return locked.received


def close(*, by: User, take: Take, size: int, ended: bool = True, at: dt.datetime | None = None) -> Recording:
    """The browser has sent all its `size` bytes: make the recording. A second time it is the same one.

    `ended` says that the recorder was stopped and not interrupted, by a reload, say.

    Raises WrongPlace while bytes are missing, FileRefused for what is no recording.
    """
    found = Take.objects.visible_to(by).select_related("recording").get(pk=take.pk)
    if found.recording is not None:
        return found.recording
    if found.received != size:
        raise WrongPlace(found.received)
    return _finish(found, unfinished=not ended, at=at or timezone.now())


def _finish(take: Take, *, unfinished: bool, at: dt.datetime) -> Recording:
    """Make the recording of a take and throw its pieces away."""
    with transaction.atomic(), acting(by=take.by):
        locked = Take.objects.select_for_update(of=("self",)).select_related("by", "call", "enquiry").get(pk=take.pk)
        if locked.recording is None:
            of = Of(call=locked.call, enquiry=locked.enquiry)
            locked.recording = keep_recording(
                _pieces(locked), by=locked.by, of=of, source=Source.BROWSER, unfinished=unfinished, at=at
            )
            locked.closed_at = at
            locked.save(update_fields=["recording", "closed_at"])
            transaction.on_commit(lambda: path_of(locked).unlink(missing_ok=True))
    return locked.recording


def close_left(*, at: dt.datetime | None = None) -> int:
    """Close takes whose browser has been silent for `RECORDING_SILENT_HOURS`: what is here becomes the recording,
    marked as not complete; what is none is written down as such. Returns how many were closed."""
    at = at or timezone.now()
    silent = at - dt.timedelta(hours=settings.RECORDING_SILENT_HOURS)
    closed = 0
    for take in Take.objects.open().filter(received_at__lt=silent).select_related("by"):
        try:
            _finish(take, unfinished=True, at=at)
        except FileRefused as refused:
            _give_up(take, str(refused), at=at)
        except OSError as error:
            if path_of(take).exists() or not path_of(take).parent.is_dir():  # the disk: tried again the next time
                log.exception("take_not_closed", take=str(take.pk), error=str(error))
                continue
            _give_up(take, _("The pieces of this recording are not there any more."), at=at)
        closed += 1
    return closed


def _give_up(take: Take, trouble: str, *, at: dt.datetime) -> None:
    """Write down why nothing came of a take."""
    with transaction.atomic(), acting(by=None):
        Take.objects.filter(pk=take.pk, closed_at=None).update(closed_at=at, trouble=trouble[:300])
    log.warning("take_without_recording", take=str(take.pk), by=take.by_id, trouble=trouble)


def path_of(take: Take) -> Path:
    """Where the bytes of a take lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER / str(take.key)


def _write(take: Take, piece: bytes) -> None:
    """Write at the place the row names; what a killed process wrote behind it is written over."""
    path = path_of(take)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.truncate(take.received)
        file.seek(take.received)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _pieces(take: Take) -> Iterator[bytes]:
    """The bytes of a take, as many as the row counts."""
    if not take.received:
        return
    with path_of(take).open("rb") as file:
        left = take.received
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def _at_most(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise FileRefused(_too_large())
        yield chunk


def _too_large() -> str:
    limit = filesizeformat(settings.RECORDING_MAX_BYTES)
    return _("The recording is larger than %(limit)s.") % {"limit": limit}
