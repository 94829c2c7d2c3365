"""Looking at, waiting for and ending server processes. Linux: everything is read from /proc."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

DELETED = " (deleted)"


def working_folder(pid: int, program: str) -> str | None:
    """The working folder of process `pid` when it runs `program`, else None (also for a dead or foreign process)."""
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() != program:
            return None
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def runs_in(pid: int, program: str, folder: Path) -> bool:
    """Whether `pid` is `program` at work in `folder`: tells our server from a stranger that got an old number."""
    return working_folder(pid, program) == os.path.realpath(folder)


def lives(pid: int) -> bool:
    """Whether process `pid` exists and is not just waiting to be buried by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def any_in(program: str, folder: Path) -> bool:
    """Whether any process of `program` still works in `folder` (backends of a killed PostgreSQL take a moment)."""
    return any(runs_in(int(entry), program, folder) for entry in os.listdir("/proc") if entry.isdigit())


def first_number(path: Path) -> int | None:
    """The process number in the first line of a pid file, None when there is none to read."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` for at most `seconds`; returns whether it became true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, program: str, gentle: signal.Signals, hard: signal.Signals, seconds: float) -> None:
    """Ask `pid` to stop with `gentle`; after `seconds` send `hard`. Returns when the process is gone."""
    for sign, patience in ((gentle, seconds), (hard, 15.0)):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        if wait_until(lambda: working_folder(pid, program) is None, patience):
            return
