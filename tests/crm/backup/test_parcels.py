"""Archives of folders: what goes in comes out, and nothing leads out of the folder."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from crm.backup import parcels
from crm.backup.errors import BackupError


def test_there_and_back(tmp_path: Path) -> None:
    source, archive = tmp_path / "files", tmp_path / "files.tar"
    (source / "uploads").mkdir(parents=True)
    (source / "uploads" / "客户.csv").write_bytes(b"\x00\xff" * 1000)
    (source / "a.txt").write_text("a")
    (source / "link").symlink_to("/etc/passwd")
    assert parcels.pack(source, archive) == 2, "links are not followed"
    assert archive.stat().st_mode & 0o077 == 0
    assert parcels.unpack(archive, tmp_path / "back") == 2
    assert (tmp_path / "back" / "uploads" / "客户.csv").read_bytes() == b"\x00\xff" * 1000


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert parcels.pack(tmp_path / "nothing", tmp_path / "x.tar") == 0
    assert parcels.unpack(tmp_path / "x.tar", tmp_path / "back") == 0


def test_an_archive_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        member = tarfile.TarInfo("../outside.txt")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="cannot be unpacked"):
        parcels.unpack(tmp_path / "evil.tar", tmp_path / "back")
    assert not (tmp_path / "outside.txt").exists()


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"no archive" * 100)
    with pytest.raises(BackupError):
        parcels.unpack(tmp_path / "x.tar", tmp_path / "back")
