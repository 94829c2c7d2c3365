"""What arrives is on the disk whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from crm.files import folder
from crm.files.errors import FileRefused
from tests.factories.files import LIMIT

# A process that is killed while the second piece is on its way.
KILLED = """
import os, signal, sys
import django
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1])
django.setup()
from crm.files import folder
def chunks():
    yield b"x" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)
with folder.receive(chunks(), limit=1 << 20) as received:
    folder.place(received)
"""


def everything(settings: object) -> list[Path]:
    root = Path(settings.MEDIA_ROOT)  # type: ignore[attr-defined]
    return [path for path in root.rglob("*") if path.is_file()]


def test_content_lies_under_its_hash(settings: object) -> None:
    with folder.receive([b"one", b"two"], limit=LIMIT) as received:
        assert received.sha256 == hashlib.sha256(b"onetwo").hexdigest()
        assert received.size == 6
        path = folder.place(received)
    assert path.read_bytes() == b"onetwo"
    assert everything(settings) == [path]
    assert path.stat().st_mode & 0o777 == 0o400


def test_what_is_not_placed_leaves_nothing(settings: object) -> None:
    with folder.receive([b"one"], limit=LIMIT) as received:
        assert received.path.is_file()
    assert everything(settings) == []


def test_nothing_beyond_the_limit_is_read_or_written(settings: object) -> None:
    asked = 0

    def chunks() -> Iterator[bytes]:
        nonlocal asked
        for _number in range(1000):
            asked += 1
            yield b"x" * 100

    with pytest.raises(FileRefused, match=r"larger|大于|超过"), folder.receive(chunks(), limit=250):
        pytest.fail("it was received")
    assert asked == 3
    assert everything(settings) == []


def test_exactly_the_limit_is_taken() -> None:
    with folder.receive([b"x" * 250], limit=250) as received:
        assert received.size == 250


@pytest.mark.parametrize("chunks", [[], [b""]])
def test_nothing_is_refused(chunks: list[bytes], settings: object) -> None:
    with pytest.raises(FileRefused), folder.receive(chunks, limit=LIMIT):
        pytest.fail("it was received")
    assert everything(settings) == []


def test_a_full_disk_is_said_in_words(settings: object) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(FileRefused), folder.receive(chunks(), limit=LIMIT):
        pytest.fail("it was received")
    assert everything(settings) == []


def test_a_killed_process_leaves_no_file_under_a_hash(settings: object, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "files")], check=False, env={**os.environ, "PYTHONPATH": "."}
    )
    assert done.returncode == -signal.SIGKILL
    left = everything(settings)
    assert [path.parent.name for path in left] == [folder.INCOMING]
    now = timezone.now()
    assert folder.remove_left_behind(at=now) == 0  # somebody may be writing it
    assert folder.remove_left_behind(at=now + folder.LEFT_BEHIND + dt.timedelta(minutes=1)) == 1
    assert everything(settings) == []
