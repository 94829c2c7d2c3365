"""How long the second `make run` takes until the firm is ready."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.database import PROJECT
from tests.bench.figures import Figure, within
from tests.servers import clean_environment

PATIENCE = 900.0
WANTED = 15.0


def bench_second_start() -> list[Figure]:
    """The first start makes the demo firm in a folder of its own; the second, with everything there, is measured."""
    with tempfile.TemporaryDirectory(prefix="crm-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        start_and_stop(Path(folder))
        seconds = start_and_stop(Path(folder))
    return [within("second `make run` until it is ready", ours=seconds, at_most=WANTED)]


def start_and_stop(var: Path) -> float:
    """Seconds from the command to the line that says that the firm is ready. Raises RuntimeError with its output."""
    environment = clean_environment(var) | {"PORT": str(_free_port())}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "run"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE, process.terminate)
    watchdog.start()
    written: list[str] = []
    try:
        for line in process.stdout:
            written.append(line)
            if line.startswith("Ready after"):
                return time.monotonic() - began
        raise RuntimeError("make run did not get ready:\n" + "".join(written[-30:]))
    finally:
        watchdog.cancel()
        process.terminate()  # make hands TERM on to its child; an interrupt it would expect from the terminal
        process.stdout.read()
        process.wait(120)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
