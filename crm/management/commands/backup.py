"""`manage.py backup`: database, files and keys, in one command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.backup import services
from crm.backup.errors import BackupError


class Command(BaseCommand):
    help = (
        "Back up the database, the files and the keys; the product may run meanwhile. The keys go into a file of their "
        "own: keep it apart from the dump. The last line of the output is one JSON object."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        var = settings.VAR_DIR
        parser.add_argument("--to", type=Path, default=var / "backups", metavar="FOLDER")
        parser.add_argument("--keys-to", type=Path, default=var / "backups-of-keys", metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = services.make(
                to=options["to"].resolve(),
                keys_to=options["keys_to"].resolve(),
                at=timezone.localtime(),
                say=self.stdout.write,
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(made, ensure_ascii=False))
