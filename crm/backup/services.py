"""A backup of the whole installation and its way back: database, files and keys, each provably what it was.

A backup is a folder `crm-20261122-031500` with `database.dump`, `files.tar` and `manifest.json`; the keys go into a
file of their own, which belongs to another place: whoever has both has the clients' data (docs/operations.md).
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from crm.backup import database, parcels
from crm.backup.errors import BackupError
from crm.personal.seal import seal_text, unseal_text

MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files.tar"
SEALED = "client service"  # sealed into the manifest: opens under the right keys alone
Say = Callable[[str], None]


def make(*, to: Path, keys_to: Path, at: dt.datetime, say: Say) -> dict[str, Any]:
    """Make a backup below `to`, its keys below `keys_to`; both folders are made. Returns a summary.

    Dump, counts and hashes are of one snapshot; the product may run meanwhile. The folder gets its name once it is
    complete. Raises BackupError.
    """
    name = f"crm-{at:%Y%m%d-%H%M%S}"
    target, unfinished, keys = to / name, to / f".{name}.unfinished", keys_to / f"{name}.keys.tar"
    if target.exists() or keys.exists():
        raise BackupError(f"There is a backup {name} already.")
    for folder in (to, keys_to):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished.mkdir(mode=0o700)
    try:
        say("Database …")
        tables = _dump(unfinished / DUMP)
        say("Files …")
        files = parcels.pack(Path(settings.MEDIA_ROOT), unfinished / FILES)
        say("Keys …")
        sealed = seal_text(SEALED)  # makes the keys of an installation that never needed them
        parcels.pack(Path(settings.KEY_DIR), keys)
        manifest = {
            "name": name,
            "made_at": at.isoformat(),
            "release": settings.RELEASE,
            "sealed": sealed,
            "tables": tables,
            "files": files,
            "sha256": {part: parcels.sha256_of(unfinished / part) for part in (DUMP, FILES)},
            "keys_sha256": parcels.sha256_of(keys),
        }
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False))
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        keys.unlink(missing_ok=True)
        raise
    rows = sum(table["rows"] for table in tables.values())
    return {"backup": str(target), "keys": str(keys), "tables": len(tables), "rows": rows, "files": files}


def _dump(target: Path) -> dict[str, database.Content]:
    """Dump and count in one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot()")
        database.dump(target, str(cursor.fetchone()[0]))
        return database.contents()


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are what they were. Raises BackupError, in words, for any other folder."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        expected: dict[str, str] = manifest["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(f"{folder} holds no backup: {MANIFEST} is missing or damaged.") from error
    for part, digest in expected.items():
        path = folder / part
        if not path.is_file():
            raise BackupError(f"{part} is missing in {folder}.")
        if parcels.sha256_of(path) != digest:
            raise BackupError(f"{part} is not what was backed up: its hash differs. Take another copy of this backup.")
    return manifest


def put_back(*, folder: Path, keys: Path, say: Say) -> dict[str, Any]:
    """Put a backup into this installation, whose database must be empty. Returns a summary.

    The backup is checked before anything changes, the database's rows and hashes afterwards. Raises BackupError.
    """
    manifest = read(folder)
    if not database.is_empty():
        raise BackupError("This database is not empty. A backup is put into an empty one: set CRM_VAR to a new folder.")
    if not keys.is_file() or parcels.sha256_of(keys) != manifest["keys_sha256"]:
        raise BackupError(f"{keys} does not hold the keys of this backup.")
    say("Keys …")
    parcels.unpack(keys, Path(settings.KEY_DIR))
    if unseal_text(manifest["sealed"]) != SEALED:
        raise BackupError("The keys do not open what this backup sealed.")
    say("Database …")
    database.put_back(folder / DUMP)
    differing = _differences(manifest["tables"])
    if differing:
        raise BackupError(f"After the restore these tables differ from the backup: {', '.join(differing)}.")
    say("Files …")
    files = parcels.unpack(folder / FILES, Path(settings.MEDIA_ROOT))
    say("Newer tables, and the rights of the runtime role …")
    call_command("migrate", verbosity=0)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return {"restored": manifest["name"], "tables": len(manifest["tables"]), "rows": rows, "files": files}


@transaction.atomic
def _differences(expected: dict[str, database.Content]) -> list[str]:
    """The tables whose rows are not those of the backup."""
    found = database.contents()
    return sorted(table for table in expected.keys() | found.keys() if expected.get(table) != found.get(table))
