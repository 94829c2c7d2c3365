"""Leases: who uses a bundled server, counted by the kernel.

Every user of a server holds a shared `flock` on its lease file for as long as it lives. The kernel drops the lock of
a killed process, so the count can never go wrong. Starting and stopping happen under an exclusive lock beside it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import EmbeddedError
from .processes import wait_until

# Longer than the slowest start (recovery after a power cut) is expected to take.
PATIENCE_SECONDS = 180.0


def try_lock(descriptor: int, operation: int) -> bool:
    """Take a `flock` without waiting; returns whether it was had."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def try_lock_file(path: Path) -> bool:
    """Lock `path` for the rest of this process's life, unless somebody else has it. Returns whether it was had."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if try_lock(descriptor, fcntl.LOCK_EX):
        return True
    os.close(descriptor)
    return False


def lock_holders(path: Path) -> list[int]:
    """Numbers of the living processes that took a `flock` on `path`, from the kernel's own list."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return sorted({int(row[4]) for row in rows if row[1] == "FLOCK" and row[5].endswith(f":{inode}")})


class Lease:
    """The lease of this process on one server.

    `folder` holds the two lock files, `name` is the server's name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.lease_file = folder / f"{name}.lease"
        self.mutex_file = folder / f"{name}.lock"
        self._descriptor: int | None = None
        self._owner = 0

    @property
    def held(self) -> bool:
        """Whether this very process (not a parent it was forked from) holds the lease."""
        return self._descriptor is not None and self._owner == os.getpid()

    def holders(self) -> list[int]:
        """Process numbers of everybody who holds the lease."""
        return lock_holders(self.lease_file)

    @contextmanager
    def mutex(self) -> Iterator[None]:
        """Only one process at a time starts or stops the server.

        Raises EmbeddedError when another process keeps it locked for longer than any start takes.
        """
        descriptor = os.open(self.mutex_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not wait_until(lambda: try_lock(descriptor, fcntl.LOCK_EX), PATIENCE_SECONDS):
                busy = ", ".join(map(str, lock_holders(self.mutex_file))) or "unknown"
                raise EmbeddedError(
                    f"Process {busy} has been starting or stopping {self.name} for {PATIENCE_SECONDS:.0f} s. "
                    f"See what it is doing, end it with `kill`, and try again."
                )
            yield
        finally:
            os.close(descriptor)

    def take(self) -> None:
        """Hold the lease until `drop` or the end of the process. Call under the mutex."""
        if self.held:
            return
        descriptor = os.open(self.lease_file, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        self._descriptor, self._owner = descriptor, os.getpid()

    def drop(self) -> bool:
        """Give the lease back. Returns True when nobody else holds one. Call under the mutex.

        Closing, not unlocking: an unlock would also take the lock from children forked from this process.
        """
        if self._descriptor is None or not self.held:
            return False
        os.close(self._descriptor)
        self._descriptor = None
        probe = os.open(self.lease_file, os.O_RDWR)
        try:
            return try_lock(probe, fcntl.LOCK_EX)
        finally:
            os.close(probe)
