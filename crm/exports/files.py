"""Where the files of exports lie, and when they go."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from crm.exports.models import Export

FOLDER = "exports"
ENDING = ".xlsx"


def folder() -> Path:
    """The folder of the files; nobody but this account reads it."""
    path = Path(settings.MEDIA_ROOT) / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(export: Export) -> Path:
    """Where the file of an export that was made lies: under the digest of what is in it."""
    return folder() / f"{export.pk}-{export.sha256}{ENDING}"


def draft_of(export: Export) -> Path:
    """Where the file lies while it is being written; a second try writes over what a killed one left."""
    return folder() / f"{export.pk}.part"


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(export: Export) -> bool:
    """Whether the file is there and is the one that was made."""
    path = path_of(export)
    return path.is_file() and digest_of(path) == export.sha256
