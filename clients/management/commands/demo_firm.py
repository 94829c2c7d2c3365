"""`manage.py demo_firm [--until D]`: make the demo firm, or top it up to yesterday."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clients.demo.firm import ForeignDataError
from clients.demo.parts import bring_up_parts
from clients.demo.services import CLIENTS, bring_up


class Command(BaseCommand):
    help = "Make the demo firm in an empty database, or top it up to yesterday. Safe to run again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=dt.date.fromisoformat, help="last day with facts (default: yesterday)")
        parser.add_argument("--clients", type=int, default=CLIENTS, help="clients of a firm that is made now")

    def handle(self, *_args: Any, **options: Any) -> None:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        until = options["until"] or yesterday
        if until > yesterday:
            raise CommandError(f"The demo firm's facts end yesterday ({yesterday}) at the latest; {until} is later.")
        try:
            firm = bring_up(until=until, clients=options["clients"], say=self._say)
            bring_up_parts(until=firm.until, say=self._say)
        except ForeignDataError as error:
            raise CommandError(
                f"This database holds {error}. The demo firm is made in an empty database only: set CRM_VAR to "
                f"another folder, or CRM_DEMO=0 for a firm with data of its own."
            ) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
