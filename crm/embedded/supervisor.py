"""`make run`: the whole firm under one foreground process.

Servers first, then migrations and the demo firm when they are due, then web, workers and beat. Ctrl-C or TERM stops
everything in the opposite sense; a second Ctrl-C does not wait.
"""

import contextlib
import datetime
import os
import signal
import subprocess
import sys
import threading
import time
import zoneinfo
from types import FrameType

from . import firm
from .boot import Server, boot, held_servers, is_bundled, release
from .children import Child
from .errors import EmbeddedError, disk_errors_in_words
from .lease import lock_holders, try_lock_file
from .places import PROJECT, open_log, var_folder
from .programs import background, check_port, chosen_port, web

TICK_SECONDS = 0.25
COMMAND_PATIENCE_SECONDS = 15.0
READY_SECONDS = 180.0
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def say(text: str) -> None:
    """One line to whoever sits in front of the terminal. A closed pipe is no reason to stop serving."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


class Supervisor:
    """One run of the firm, from the first check to the last farewell."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = chosen_port()
        self.var = var_folder()
        self.url = f"http://localhost:{self.port}"
        self.children: list[Child] = []
        self.stopping_since: float | None = None
        self.in_a_hurry = False
        self._wake = threading.Event()

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Ctrl-C, TERM or a closed terminal: stop; a second Ctrl-C: do not wait.

        A TERM for the whole group comes twice, once through `make`: that is no hurry.
        """
        now = time.monotonic()
        if self.stopping_since is None:
            self.stopping_since = now
        elif number == signal.SIGINT and now - self.stopping_since > 1.0:
            self.in_a_hurry = True
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether a signal has asked to stop."""
        return self.stopping_since is not None

    def run(self) -> None:
        """Serve until a signal comes. Raises EmbeddedError when the firm cannot start."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.on_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays ignored
            signal.signal(signal.SIGHUP, self.on_signal)
        self._be_the_only_one()
        check_port(self.host, self.port)
        (self.var / "state").mkdir(exist_ok=True)
        try:
            say("Starting PostgreSQL and Valkey …")
            boot()
            accounts = self._prepare()
            if not self.stopping:
                self._serve(accounts)
        finally:
            self._stop()

    def _be_the_only_one(self) -> None:
        lock = self.var / "locks" / "supervisor.lock"
        if try_lock_file(lock):
            lock.write_text(self.url)
            return
        pid = ", ".join(map(str, lock_holders(lock))) or "unknown"
        raise EmbeddedError(
            f"This firm is already running (process {pid}, {lock.read_text() or 'address unknown'}). "
            f"Stop it with Ctrl-C in its terminal or `kill {pid}`, "
            f"or run a second firm beside it: make run CRM_VAR=/another/folder PORT={self.port + 1}"
        )

    def _prepare(self) -> str:
        """Bring tables and demo firm up to date where they are not. Returns the text that names the demo accounts."""
        url = firm.owner_url()
        note = firm.read_note(url)
        code, today = firm.code_version(), datetime.datetime.now(SHANGHAI).date().isoformat()
        demo = _serves_demo(note)
        if demo:
            os.environ["CRM_DEMO"] = "1"
        changed = note.get("code") != code
        if changed:
            self._manage("migrate", "Laying the tables")
        if demo and (changed or note.get("demo") != today):
            self._manage("demo_firm", "Bringing the demo firm up to yesterday")
        if not self.stopping:
            firm.write_note(url, {"code": code, "demo": today if demo else None})
        return self._accounts(code) if demo else ""

    def _manage(self, command: str, what: str) -> None:
        """Run one `manage.py` command to its end, its output going to the log. Raises EmbeddedError when it fails."""
        if self.stopping:
            return
        say(f"{what} …")
        log, path, size = open_log(self.var, "setup")
        try:
            arguments = [sys.executable, "manage.py", command]
            process = subprocess.Popen(
                arguments, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        finally:
            os.close(log)
        while process.poll() is None and not self.stopping:
            self._wake.wait(0.05)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(COMMAND_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        elif process.returncode:
            tail = path.read_bytes()[size:].decode(errors="replace").strip().splitlines()[-8:]
            text = "\n  ".join(tail)
            raise EmbeddedError(
                f"`manage.py {command}` failed (code {process.returncode}). Its log is {path}:\n  {text}"
            )

    def _accounts(self, code: str) -> str:
        """What `manage.py demo_accounts` prints, kept until the code changes."""
        path = self.var / "state" / f"demo-accounts-{code[:12]}.txt"
        if not path.is_file() and not self.stopping:
            command = [sys.executable, "manage.py", "demo_accounts"]
            done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
            if done.returncode:
                return ""
            for old in path.parent.glob("demo-accounts-*.txt"):
                old.unlink()
            path.write_text(done.stdout)
        return path.read_text() if path.is_file() else ""

    def _serve(self, accounts: str) -> None:
        say("Starting web, workers and beat …")
        self.children = [Child(program, self.var) for program in (web(self.host, self.port), *background(self.var))]
        for child in self.children:
            child.start()
        waiting = list(self.children)
        late = time.monotonic() + READY_SECONDS
        while not self.stopping:
            self._watch()
            if waiting:
                waiting = [child for child in waiting if not child.ready()]
                if not waiting:
                    self._welcome(accounts)
                elif time.monotonic() > late:
                    late = float("inf")
                    say(f"Not ready yet: {', '.join(f'{c.program.name} (see {c.log})' for c in waiting)}")
            self._wake.wait(TICK_SECONDS)

    def _watch(self) -> None:
        """Start again what has died."""
        for server in held_servers():
            if server.pid() is None:
                say(f"{server.name} has stopped; it starts again. Its log: {self.var / 'log' / server.name}.log")
                self._restart(server)
        for child in self.children:
            news = child.revive(time.monotonic())
            if news:
                say(news)

    def _restart(self, server: Server) -> None:
        try:
            boot([server.name])
        except EmbeddedError as error:
            say(f"{error}\nAnother attempt follows in 10 s.")
            self._wake.wait(10.0)

    def _welcome(self, accounts: str) -> None:
        rows = [("name", "pid", "address", "log")]
        for server in held_servers():
            rows.append((server.name, str(server.pid()), server.address, self._log_name(server.name)))
        for child in self.children:
            pid = str(child.process.pid) if child.process else "-"
            rows.append((child.program.name, pid, child.program.address, self._log_name(child.program.name)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        table = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        say("\n" + "\n".join(f"  {line.rstrip()}" for line in table))
        if accounts:
            say(f"\n{accounts.rstrip()}")
        say(f"\nReady after {time.monotonic() - self.started:.1f} s: {self.url}   (Ctrl-C stops everything)")

    def _log_name(self, name: str) -> str:
        path = self.var / "log" / f"{name}.log"
        return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)

    def _stop(self) -> None:
        """End web, beat, workers, then the servers that nobody else uses."""
        if self.stopping:
            say("\nStopping …")
        order = {"web": 0, "beat": 1}
        for child in sorted(self.children, key=lambda child: order.get(child.program.name, 2)):
            child.stop(hurry=lambda: self.in_a_hurry)
        for name, holders in release().items():
            say(f"{name} goes on running: process {', '.join(map(str, holders))} still uses it.")
        if self.stopping:
            say("Everything of this firm has stopped.")


def _serves_demo(note: dict[str, object]) -> bool:
    """Whether this database holds (or shall hold) the demo firm: decided once, on the first start.

    `CRM_DEMO=0` on the first start makes a firm with data of its own; so does a server of the user's own, unless
    `CRM_DEMO=1` asks for the demo firm there.
    """
    if "demo" in note:
        return note["demo"] is not None
    wish = os.environ.get("CRM_DEMO") or str(int(is_bundled("postgres")))
    return wish.lower() not in ("0", "false", "no", "off")


def main() -> None:
    """Entry point. Exit code 0 after a clean stop, 1 with a sentence when the firm cannot start."""
    try:
        with disk_errors_in_words():
            Supervisor().run()
    except EmbeddedError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
