"""`manage.py demo_bulk --clients 1000000`: a very large demo firm for measurements."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clients.demo.bulk import make_bulk
from clients.demo.firm import ForeignDataError


class Command(BaseCommand):
    help = "Fill an empty database with a very large demo firm. Run it as the owner role: CRM_DB_ROLE=owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=int, required=True)
        parser.add_argument("--as-of", type=dt.date.fromisoformat, help="last day with facts (default: yesterday)")

    def handle(self, *_args: Any, **options: Any) -> None:
        as_of = options["as_of"] or timezone.localdate() - dt.timedelta(days=1)
        try:
            make_bulk(options["clients"], as_of=as_of)
        except ForeignDataError as error:
            raise CommandError(
                f"This database holds {error}. A very large firm is made in an empty database only: set CRM_VAR to "
                f"another folder."
            ) from error
