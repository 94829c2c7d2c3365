"""The unprivileged account that bundled servers run as.

PostgreSQL refuses to run as root. An ordinary user runs the servers as himself; root runs them as a system user.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "crm"
FALLBACK_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account: numbers and name."""

    uid: int
    gid: int
    name: str

    def spawn_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that make the child run as this account."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may change into `folder` (asked of the system itself, so access lists count too)."""
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        done = subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, check=False, **self.spawn_options())
        return done.returncode == 0

    def own(self, path: Path) -> None:
        """Give `path` (never what a link points to) to the account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_folder(self, path: Path, mode: int = 0o700) -> None:
        """Create `path` when missing, owned by the account."""
        if not path.is_dir():
            path.mkdir(mode=mode)
            self.own(path)

    def write(self, path: Path, text: str) -> None:
        """Replace the file `path` in one step; it is readable by the account alone. An equal file is left as it is."""
        if not path.is_symlink() and path.is_file() and path.read_text() == text:
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
        self.own(Path(temporary))
        os.replace(temporary, path)


def _from_entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _named(name: str) -> Account | None:
    try:
        return _from_entry(pwd.getpwnam(name))
    except KeyError:
        return None


def by_uid(uid: int) -> Account:
    """The account with that number; a number without a name (usual in containers) gets its digits as name."""
    try:
        return _from_entry(pwd.getpwuid(uid))
    except KeyError:
        return Account(uid, os.getegid() if uid == os.geteuid() else uid, str(uid))


def _create_system_user() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", "--comment", "Bundled servers of the CRM", SYSTEM_USER]
    subprocess.run(command, capture_output=True, check=False)
    return _named(SYSTEM_USER)


def service_account(data: Path) -> Account:
    """Who runs the server whose data folder is `data`.

    The owner of an existing folder; otherwise whoever calls, or for root the system user `crm` (made when missing),
    else `postgres`, else `nobody`.
    """
    if os.geteuid() != 0:
        return by_uid(os.geteuid())
    if data.is_dir() and data.stat().st_uid != 0:
        return by_uid(data.stat().st_uid)
    account = _named(SYSTEM_USER) or _create_system_user()
    for name in FALLBACK_USERS:
        account = account or _named(name)
    return account or Account(65534, 65534, "nobody")
