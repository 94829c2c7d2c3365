"""The product's own commands as a person runs them: in a process of their own, whose time and memory are taken."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from tests.bench.database import PROJECT, environment_for


class Ran(NamedTuple):
    """What one command took: wall seconds with Python's start, its greatest memory in MB; and what it printed.

    The kernel counts the greatest memory of a process from the one that started it: never too little.
    """

    seconds: float
    peak_mb: float
    output: str


def run(database: str, *arguments: str) -> Ran:
    """Run `manage.py` with `arguments` on `database`. Raises CalledProcessError when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    with tempfile.TemporaryFile("w+") as written:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=PROJECT, env=environment_for(database), stdout=written)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        written.seek(0)
        output = written.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Ran(seconds, usage.ru_maxrss / 1024, output)
