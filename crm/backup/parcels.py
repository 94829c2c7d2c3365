"""The files of a backup: folders as archives, and what proves that nothing changed since."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

from crm.backup.errors import BackupError

PIECE = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pack(folder: Path, target: Path) -> int:
    """Put everything below `folder` into the archive `target`, readable by its owner alone. Returns how many files.

    A folder that does not exist yet gives an empty archive. A file that vanishes meanwhile (an upload discarded) is
    left out.
    """
    target.touch(mode=0o600)
    packed = 0
    with tarfile.open(target, "w") as archive:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_symlink():
                try:
                    archive.add(path, arcname=str(path.relative_to(folder)), recursive=False)
                except FileNotFoundError:
                    continue
                packed += 1
    return packed


def unpack(source: Path, folder: Path) -> int:
    """Lay the files of an archive below `folder`; what is there under the same name is replaced. Returns how many.

    Raises BackupError for an archive that is damaged or leads out of the folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(source) as archive:
            members = archive.getmembers()
            archive.extractall(folder, members=members, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{source.name} cannot be unpacked: {error}") from error
    return len(members)
