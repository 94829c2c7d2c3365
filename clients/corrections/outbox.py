"""Files for the core system: written aside, put out once what they say is committed.

`var/feeds/out` holds whole files only. A file lies in `out/.making` until the transaction that made it is committed;
one that a kill left there is put out, or thrown away, by `put_out`.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clients.corrections.models import CorrectionFile
from crm.organisation.models import User

ABANDONED_SECONDS = 3600.0  # so long a file may be in the making before its transaction has surely failed


def folder() -> Path:
    return Path(settings.FEEDS_DIR) / "out"


def path_of(file: CorrectionFile) -> Path:
    """Where a file lies, put out or about to be."""
    made = folder() / file.file_name
    return made if made.exists() else _making() / file.file_name


def keep_file(
    *, stem: str, header: Sequence[str], rows: Iterable[Sequence[str]], by: User | None, at: dt.datetime
) -> CorrectionFile:
    """Write a CSV file as `feeds.md` has them (UTF-8, header row, comma) and note it; it is put out after commit.

    `stem` begins its name. Call it inside a transaction.
    """
    file = CorrectionFile.objects.create(made_at=at, made_by=by, rows=0, sha256="", file_name="")
    file.file_name = f"{stem}-{timezone.localdate(at):%Y%m%d}-{file.pk}.csv"
    _making().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _making() / file.file_name
    with path.open("w", encoding="utf-8", newline="") as stream:
        path.chmod(0o600)
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            file.rows += 1
        stream.flush()
        os.fsync(stream.fileno())
    file.sha256 = sha256_of(path)
    file.save(update_fields=["file_name", "rows", "sha256"])
    transaction.on_commit(put_out)
    return file


def put_out(*, now: float | None = None) -> int:
    """Put out what is committed, throw away what never will be; returns how many files were put out.

    `now` is a time in seconds (POSIX); the current one by default.
    """
    if not _making().is_dir():
        return 0
    waiting = {path.name: path for path in _making().iterdir()}
    known = set(CorrectionFile.objects.filter(file_name__in=waiting).values_list("file_name", flat=True))
    for name in known:
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            waiting[name].replace(folder() / name)
    oldest = (now if now is not None else timezone.now().timestamp()) - ABANDONED_SECONDS
    for name in waiting.keys() - known:
        with contextlib.suppress(FileNotFoundError):
            if waiting[name].stat().st_mtime < oldest:
                waiting[name].unlink()
    return len(known)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _making() -> Path:
    return folder() / ".making"
