"""The folder of stored files: each under the hash of its content, written beside and renamed into its place.

`<MEDIA_ROOT>/stored/ab/cd/abcd…` holds them, `<MEDIA_ROOT>/stored/incoming/` what is being written. Whatever kills the
process leaves either no file or the whole one: content and folder are on the disk before anybody hears of it.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.files.errors import FileRefused

FOLDER, INCOMING = "stored", "incoming"
LEFT_BEHIND = dt.timedelta(days=1)  # no upload takes that long: what is older is of a process that was killed


@dataclass(frozen=True)
class Received:
    """A file that arrived whole and is not stored yet."""

    path: Path
    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Where the content of this hash lies, or would lie."""
    return _root() / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def receive(chunks: Iterable[bytes], *, limit: int) -> Iterator[Received]:
    """Write what arrives to the disk, hashing it meanwhile; removed afterwards unless `place` took it.

    Raises FileRefused for nothing at all, for more than `limit` bytes (what is beyond is neither read nor written),
    and when the disk is full.
    """
    folder = _ready(_root() / INCOMING)
    path = folder / f"{uuid.uuid4().hex}.part"
    try:
        yield _write(path, chunks, limit)
    finally:
        path.unlink(missing_ok=True)


def _write(path: Path, chunks: Iterable[bytes], limit: int) -> Received:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            os.chmod(path, 0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileRefused(_("The file is larger than %(limit)s.") % {"limit": filesizeformat(limit)})
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileRefused(_("The store has no room left. Please tell the operations centre.")) from error
        raise
    if size == 0:
        raise FileRefused(_("The file is empty."))
    return Received(path, digest.hexdigest(), size)


def place(received: Received) -> Path:
    """Put a received file into its place for good. One that lies there already is replaced: it should be the same,
    and if it was damaged it is whole again."""
    target = path_of(received.sha256)
    folder = _ready(target.parent)
    os.chmod(received.path, 0o400)
    os.replace(received.path, target)
    _sync(folder)
    return target


def remove_left_behind(*, at: dt.datetime) -> int:
    """Remove what killed processes were writing. Returns how many."""
    oldest = (at - LEFT_BEHIND).timestamp()
    gone = [path for path in _ready(_root() / INCOMING).iterdir() if path.stat().st_mtime < oldest]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def _ready(folder: Path) -> Path:
    """The folder, made for this account alone; its name is on the disk too."""
    if not folder.is_dir():
        _ready(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)
    return folder


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
