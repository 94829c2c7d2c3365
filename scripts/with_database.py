"""Run a command beside the database: `python -m scripts.with_database sh -c 'pg_dump … "$DATABASE_OWNER_URL"'`.

Starts the bundled servers when they are not up (and stops them afterwards when nobody else uses them), sets
DATABASE_URL and DATABASE_OWNER_URL, and puts PostgreSQL's own programs of the same version in front of PATH. With
servers of your own it only runs the command.
"""

import os
import subprocess
import sys

from crm.embedded import EmbeddedError, boot
from crm.embedded.places import postgres_programs


def main(command: list[str]) -> int:
    """Run `command`; returns its exit code, 2 when there is none."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    boot(("postgres",))
    folder = postgres_programs()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}" if folder else os.environ["PATH"]
    return subprocess.run(command, env=os.environ | {"PATH": path}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(f"{error}")
