"""Bundled servers in folders of their own, for tests with real processes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from crm.embedded.account import service_account
from crm.embedded.places import PROJECT, socket_folder
from crm.embedded.postgres import PostgresServer
from crm.embedded.processes import wait_until
from crm.embedded.valkey import ValkeyServer

HOLD = """
import sys
from crm.embedded import EmbeddedError, boot
try:
    boot(sys.argv[1:])
except EmbeddedError as error:
    sys.exit(str(error))
print("up", flush=True)
sys.stdin.read()
"""


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns, in bytes."""

    total: int
    used: int
    free: int


def clean_environment(var: Path) -> dict[str, str]:
    """The environment of a person who has set nothing but CRM_VAR."""
    ours = ("DATABASE_", "REDIS_", "CELERY_", "CRM_", "PORT", "HOST")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {"CRM_VAR": str(var)}


class Holder:
    """A process that boots services and holds its leases until it is told to leave."""

    def __init__(self, var: Path, *services: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, *(services or ("postgres",))],
            cwd=PROJECT,
            env=clean_environment(var),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_up(self) -> "Holder":
        """Wait until its servers are up."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "up\n", self.leave()
        return self

    def leave(self) -> str:
        """Let it end by itself; returns what it said on stderr."""
        return self.process.communicate(timeout=60)[1]

    def kill(self) -> None:
        """End it the hard way."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


class open_folder:  # noqa: N801 - used like a function
    """A temporary folder that every user can enter, with the sub-folders of `var`; servers in it are ended at exit."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="crm-test-", dir="/tmp"))
        self.path.chmod(0o755)
        for name in ("log", "locks", "state"):
            (self.path / name).mkdir()
        return self.path

    def __exit__(self, *_error: object) -> None:
        for name in ("postgres", "valkey"):
            if (self.path / name).exists():
                make_postgres(self.path).stop() if name == "postgres" else make_valkey(self.path).stop()
        shutil.rmtree(socket_folder(self.path, service_account(self.path / "postgres")), ignore_errors=True)
        shutil.rmtree(self.path)


def copy_cluster(source: Path, var: Path) -> PostgresServer:
    """Copy the stopped cluster below `source` to `var`."""
    subprocess.run(["cp", "-a", str(source / "postgres"), str(var / "postgres")], check=True)
    return make_postgres(var)


def make_postgres(var: Path) -> PostgresServer:
    """The server object of `var`."""
    account = service_account(var / "postgres")
    return PostgresServer(var, account, socket_folder(var, account))


def make_valkey(var: Path) -> ValkeyServer:
    """The server object of `var`."""
    account = service_account(var / "valkey")
    return ValkeyServer(var, account, socket_folder(var, account))


def gone(server: PostgresServer | ValkeyServer) -> bool:
    """Whether the server ends within ten seconds."""
    return wait_until(lambda: server.pid() is None, 10.0)
