"""Leases are counted by the kernel, so nothing that happens to a process makes the count wrong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded import lease as lease_module
from crm.embedded.errors import EmbeddedError
from crm.embedded.lease import Lease, lock_holders, try_lock_file
from crm.embedded.places import PROJECT

HOLD = """
import sys
from pathlib import Path
from crm.embedded.lease import Lease
lease = Lease(Path(sys.argv[1]), "thing")
with lease.mutex():
    lease.take()
    print("held", flush=True)
    if sys.argv[2] == "mutex":
        sys.stdin.read()
sys.stdin.read()
"""


def hold(folder: Path, what: str = "lease") -> subprocess.Popen[str]:
    """A process that holds a lease (and with "mutex" the mutex too) until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), what],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def lease(tmp_path: Path) -> Lease:
    """A lease of this process, taken."""
    made = Lease(tmp_path, "thing")
    made.take()
    return made


def test_the_only_holder_is_the_last(lease: Lease) -> None:
    assert lease.held
    assert lease.drop() is True
    assert not lease.held


def test_a_second_holder_keeps_the_server(lease: Lease, tmp_path: Path) -> None:
    other = hold(tmp_path)
    assert lease.holders() == sorted([os.getpid(), other.pid])
    assert lease.drop() is False
    other.communicate(timeout=10)


def test_a_killed_holder_no_longer_counts(lease: Lease, tmp_path: Path) -> None:
    other = hold(tmp_path)
    other.send_signal(signal.SIGKILL)
    other.communicate(timeout=10)
    assert lease.drop() is True


def test_taking_twice_counts_once(lease: Lease) -> None:
    lease.take()
    assert lease.drop() is True
    assert lease.drop() is False


def test_a_forked_child_neither_holds_nor_drops_but_keeps_the_lock(lease: Lease) -> None:
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready[1], b"y" if not lease.held and lease.drop() is False else b"n")
        os.read(go[0], 1)
        os._exit(0)
    assert os.read(ready[0], 1) == b"y"
    assert lease.drop() is False
    os.write(go[1], b"x")
    os.waitpid(child, 0)
    for end in (*ready, *go):
        os.close(end)


def test_only_one_process_has_the_mutex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = hold(tmp_path, "mutex")
    monkeypatch.setattr(lease_module, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(EmbeddedError, match=f"Process {other.pid} has been starting"), Lease(tmp_path, "thing").mutex():
        pass
    other.communicate(timeout=10)
    with Lease(tmp_path, "thing").mutex():
        pass


def test_a_file_is_locked_once(tmp_path: Path) -> None:
    path = tmp_path / "only.lock"
    assert try_lock_file(path) is True
    assert try_lock_file(path) is False
    assert lock_holders(path) == [os.getpid()]


def test_nobody_holds_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert lock_holders(tmp_path / "none") == []
