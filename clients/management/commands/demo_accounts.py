"""`manage.py demo_accounts [--json]`: the accounts to try the demo firm with."""

from __future__ import annotations

import json
import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.access.roles import ROLES
from crm.access.selectors import demo_accounts


def _width(text: str) -> int:
    """Columns of a terminal that `text` takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


class Command(BaseCommand):
    help = "Print one demo account a role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as a JSON list")

    def handle(self, *_args: Any, **options: Any) -> None:
        codes = {str(role.label): code for code, role in ROLES.items()}
        accounts = [
            {
                "staff_no": account.staff_no,
                "name": account.name,
                "role": codes[account.role],
                "role_name": account.role,
                "unit": account.unit,
                "password": settings.DEMO_PASSWORD,
            }
            for account in demo_accounts()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False))
            return
        if not accounts:
            raise CommandError("There is no demo firm in this database. Make one: manage.py demo_firm")
        rows = [(a["staff_no"], a["name"], a["role"], a["role_name"], a["unit"]) for a in accounts]
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        self.stdout.write(f"Demo accounts (password of all: {settings.DEMO_PASSWORD})")
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  " + "  ".join(cells).rstrip())
