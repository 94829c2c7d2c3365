"""Stored files: the row and the bytes on the disk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from crm.files import folder, services
from crm.files.models import StoredFile

LIMIT = 1 << 20


def stored(content: bytes, *, mime: str = "audio/wav", at: dt.datetime | None = None) -> StoredFile:
    """A file stored as the product stores it."""
    return services.store([content], by=None, mime=mime, limit=LIMIT, years=20, at=at)


def on_disk(file: StoredFile) -> Path:
    """Where its bytes lie, writable, so that a test can spoil them."""
    path = folder.path_of(file.sha256)
    path.chmod(0o600)
    return path
