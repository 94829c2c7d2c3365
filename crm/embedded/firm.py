"""What the supervisor notes about the firm it serves, so that a second start skips what is done.

The note is a comment on the database itself: it goes where the data go (another folder, another server, a restored
dump) and vanishes with them, which a file beside them would not.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class, whatever its name

from .errors import EmbeddedError
from .places import PROJECT

APPS = ("crm", "clients", "callbacks", "complaints", "education")


def owner_url() -> str:
    """The URL of the database's owner role, as the settings find it: variable, or file named by `..._FILE`.

    Raises EmbeddedError when no database is named.
    """
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        if os.environ.get(name):
            return os.environ[name]
        if os.environ.get(f"{name}_FILE"):
            return Path(os.environ[f"{name}_FILE"]).read_text().strip()
    raise EmbeddedError("No database is named. Set DATABASE_URL, or leave it out together with DATABASE_URL_FILE.")


def code_version() -> str:
    """A digest of the code (SQL and data in it too) and the pinned parts. Migrations run when it differs."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _cursor(url: str) -> Iterator[Cursor]:
    """A transaction on the database. Raises EmbeddedError when it cannot be reached or does not allow what is asked."""
    try:
        connection = psycopg2.connect(url, connect_timeout=10)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()
    except psycopg2.OperationalError as error:
        raise EmbeddedError(f"The database cannot be reached: {error}".strip()) from error
    except psycopg2.errors.InsufficientPrivilege as error:
        raise EmbeddedError(
            f"The database refuses ({error.diag.message_primary}). Set DATABASE_OWNER_URL to the role that owns it."
        ) from error


def read_note(url: str) -> dict[str, Any]:
    """The note on the database at `url`: keys `code` (version migrated to), `demo` (day of the last top-up, or None
    for a firm with data of its own). Empty for a database that was never served.
    """
    with _cursor(url) as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        (text,) = cursor.fetchone() or ("",)
    try:
        note = json.loads(text or "{}")
    except ValueError:
        return {}  # a remark written by a person
    return note if isinstance(note, dict) else {}


def write_note(url: str, note: dict[str, Any]) -> None:
    """Replace the note on the database at `url`."""
    with _cursor(url) as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        (name,) = cursor.fetchone() or ("crm",)
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [json.dumps(note, sort_keys=True)])
