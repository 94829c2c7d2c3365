"""`manage.py callbacks_first`: outcome codes, scripts and plans that a firm begins with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from callbacks.calls.laying import lay_outcomes
from callbacks.plans.first_plans import lay_first_plans
from callbacks.scripts.shipping import lay_shipped


class Command(BaseCommand):
    help = (
        "Lay the outcome codes, the scripts and the plans that a firm begins with. From then on the plans make calls. "
        "What the firm has already, changed or not, stays as it is."
    )

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        lay_outcomes()
        scripts, plans = lay_shipped(), lay_first_plans()
        self.stdout.write(f"{len(scripts)} scripts and {len(plans)} plans laid; what was there stayed as it was.")
