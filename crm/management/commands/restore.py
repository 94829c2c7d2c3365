"""`manage.py restore`: a backup into an empty installation, checked before and after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.backup import services
from crm.backup.errors import BackupError


class Command(BaseCommand):
    help = (
        "Put a backup into an installation whose database is empty (CRM_VAR=<new folder>). Hashes are checked before, "
        "rows and hashes of every table after. The last line of the output is one JSON object."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the backup, such as backups/crm-20261122-031500")
        parser.add_argument("--keys", type=Path, required=True, help="its keys, such as crm-20261122-031500.keys.tar")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            put = services.put_back(
                folder=options["folder"].resolve(), keys=options["keys"].resolve(), say=self.stdout.write
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(put, ensure_ascii=False))
