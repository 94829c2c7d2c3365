"""Programs that the supervisor runs in the foreground: started, watched, started again, stopped."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .places import PROJECT, open_log

PR_SET_PDEATHSIG = 1
STEADY_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 60.0

_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Run in the child: a supervisor that is killed outright takes its programs along."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(frozen=True)
class Program:
    """What to run.

    `address` is shown to people; `is_ready` is asked with the text that the program has logged so far;
    `patience` is how many seconds it may take to finish what it is doing when asked to stop.
    """

    name: str
    command: tuple[str, ...]
    address: str
    is_ready: Callable[[str], bool]
    patience: float


class Child:
    """One program under supervision."""

    def __init__(self, program: Program, var: Path) -> None:
        self.program, self.var = program, var
        self.log = var / "log" / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self._started = 0.0
        self._start_at = 0.0
        self._log_start = 0

    def start(self) -> None:
        """Start the program with its output going to its log file."""
        log, _path, self._log_start = open_log(self.var, self.program.name)
        try:
            self.process = subprocess.Popen(
                self.program.command,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        finally:
            os.close(log)
        self._started = time.monotonic()

    def ready(self) -> bool:
        """Whether the program runs and says that it can work."""
        running = self.process is not None and self.process.poll() is None
        return running and self.program.is_ready(self.written())

    def written(self) -> str:
        """What the program has written to its log since its last start."""
        with self.log.open(errors="replace") as stream:
            stream.seek(self._log_start)
            return stream.read()

    def revive(self, now: float) -> str | None:
        """Start the program again when it has ended, later each time it fails soon. Returns what to tell, if anything.

        `now` is the monotonic clock in seconds.
        """
        if self.process is None:
            if now >= self._start_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._clear_session()
        self.process = None
        self.failures = 0 if now - self._started > STEADY_SECONDS else self.failures + 1
        wait = min(2.0 ** max(self.failures - 1, 0), LONGEST_WAIT_SECONDS)
        self._start_at = now + wait
        ended = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"{self.program.name} {ended}; it starts again in {wait:.0f} s. Its log: {self.log}"

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Stop the program: politely, then firmly. Returns when it is gone; `hurry` cuts the waiting short."""
        if self.process is None:
            return
        for sign, patience in ((signal.SIGTERM, self.program.patience), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(sign)
            deadline = time.monotonic() + patience
            while self.process.poll() is None and time.monotonic() < deadline and not hurry():
                time.sleep(0.05)
            if self.process.poll() is not None:
                break
        self._clear_session()
        self.process = None

    def _clear_session(self) -> None:
        """End what the program left behind in its own session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
