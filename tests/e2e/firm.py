"""The real thing under test: `make run`'s supervisor with its own data folder, demo firm, web, worker and beat."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
READY_SECONDS = 300
STOP_SECONDS = 60
# What belongs to the test run's own servers and must not leak into the firm under test.
NOT_INHERITED = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "CRM_DB_ROLE",
    "CRM_KEYS",
    "CRM_VAR",
    "DJANGO_SETTINGS_MODULE",
)


@dataclass(frozen=True)
class Account:
    staff_no: str
    password: str


@dataclass
class Firm:
    """A running demo firm: its address, its accounts by role, its data folder."""

    url: str
    accounts: dict[str, Account]
    var: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> int:
        """Ask it to stop as Ctrl-C would; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(var: Path, port: int) -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED and not key.startswith("CRM_")}
    return {**ours, "CRM_VAR": str(var), "PORT": str(port), "CRM_DEMO": "1"}


def start(var: Path) -> Firm:
    """Start a firm in the folder `var` and wait until it answers. Raises RuntimeError with its last words."""
    port = _free_port()
    with (var / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "crm.embedded.supervisor"],
            cwd=PROJECT,
            env=_environment(var, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    firm = Firm(url, {}, var, process)
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            firm.stop()
            words = (var / "supervisor.log").read_text()[-3000:]
            raise RuntimeError(f"the firm did not start:\n{words}")
        time.sleep(0.5)
    firm.accounts = _accounts(var, port)
    return firm


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run_inside(firm: Firm, code: str) -> str:
    """Run Python inside a firm, as `manage.py shell` does; what it prints. For what no page brings about at once."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=PROJECT,
        env=_environment(firm.var, int(firm.url.rpartition(":")[2])),
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def _accounts(var: Path, port: int) -> dict[str, Account]:
    output = subprocess.run(
        [sys.executable, "manage.py", "demo_accounts", "--json"],
        cwd=PROJECT,
        env=_environment(var, port),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = json.loads(output)
    return {row["role"]: Account(row["staff_no"], row["password"]) for row in rows}
