from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.worktime import services


class Command(BaseCommand):
    help = "Add the days that the calendar lacks; years without a notice yet are provisional (Monday to Friday)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--through", type=int, help="last year (default: two years ahead)")

    def handle(self, *args: Any, **options: Any) -> None:
        through = options["through"] or timezone.localdate().year + services.YEARS_AHEAD
        added = services.extend(through=through)
        self.stdout.write(_("%(count)s days added, through %(year)s.") % {"count": added, "year": through})
