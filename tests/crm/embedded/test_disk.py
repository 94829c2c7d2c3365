"""A disk that takes nothing more: said in words wherever it shows. `/dev/full` refuses every byte, for everybody."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded import EmbeddedError, boot
from crm.embedded.errors import disk_errors_in_words
from crm.embedded.places import PROJECT
from tests.servers import clean_environment


def test_a_first_start_on_a_full_disk(var: Path) -> None:
    (var / "locks" / "supervisor.lock").symlink_to("/dev/full")
    done = subprocess.run(
        [sys.executable, "-m", "crm.embedded.supervisor"],
        cwd=PROJECT,
        env=clean_environment(var) | {"PORT": "8000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "is full: No space left on device. Make room, or set CRM_VAR to a folder on another disk." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, r"The disk of .*/locks is full: No space left on device\. Make room"),
        (errno.EDQUOT, r"is full: Disk quota exceeded\. Make room"),
        (errno.EROFS, r"is read-only: Read-only file system\. Set CRM_VAR to a folder on another disk\."),
    ],
)
def test_a_command_whose_folder_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, words: str
) -> None:
    for name in list(os.environ):
        if name.startswith(("DATABASE_", "REDIS_", "CELERY_", "CRM_EMBEDDED_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CRM_VAR", str(tmp_path / "var"))

    def refuse(path: Path, *_args: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number), str(path / "locks"))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(EmbeddedError, match=words):
        boot()


def test_other_errors_of_the_disk_are_not_hidden() -> None:
    with pytest.raises(OSError, match="Input/output error"), disk_errors_in_words():
        raise OSError(errno.EIO, os.strerror(errno.EIO), "/x")
