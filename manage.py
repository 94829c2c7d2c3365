#!/usr/bin/env python
"""Django's command line; without DATABASE_URL / REDIS_URL it runs on the bundled servers."""

import io
import os
import signal
import sys
from types import FrameType

from django.core.management import execute_from_command_line

from crm.embedded import EmbeddedError, boot

# Commands that read no data and so start no server.
WITHOUT_SERVERS = {"help", "version", "check", "collectstatic", "compilemessages", "diffsettings", "makemessages"}
# Commands that lay or compare tables, as the owner role; everything else runs as the runtime role.
AS_OWNER = {
    "backup",
    "demo_bulk",
    "flush",
    "makemigrations",
    "migrate",
    "optimizemigration",
    "pghistory",
    "pgtrigger",
    "restore",
    "showmigrations",
    "sqlflush",
    "sqlmigrate",
    "squashmigrations",
    "test",
}


def _leave(number: int, _frame: FrameType | None) -> None:
    """A polite signal ends the program through its exit handlers, which give the servers back."""
    sys.exit(128 + number)


def prepare(arguments: list[str]) -> None:
    """Set the environment for the command in `arguments` (without the program's name) and start what it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    command = next((part for part in arguments if not part.startswith("-")), "help")
    if command in AS_OWNER:
        os.environ.setdefault("CRM_DB_ROLE", "owner")
    if command not in WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(arguments):
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGHUP, _leave)
        boot()


def main() -> None:
    """Entry point of `manage.py`. Exit code 1 with one sentence when a bundled server cannot run."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what a terminal cannot show is no reason to fail
    try:
        prepare(sys.argv[1:])
    except EmbeddedError as error:
        sys.exit(f"{error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
