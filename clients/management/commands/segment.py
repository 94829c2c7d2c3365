"""`manage.py segment`: put every client into tier, style and groups as of a day (`segments.md`, "A run")."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from clients.segmentation import rules, services, trials
from clients.segmentation.choices import RunKind
from clients.segmentation.selectors import policy_for


class Command(BaseCommand):
    help = (
        "Segment all clients as of a day. Without --policy: the approved policy of that day, stored (a backfill when "
        "the day lies before the newest run). With --policy or --dry-run: a trial, nothing is stored. The last line "
        "of the output is one JSON object."
    )
    requires_system_checks: list[str] = []  # the code is checked when it is deployed, not with every run

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", required=True, metavar="D", help="the day, such as 2026-11-22")
        parser.add_argument("--policy", type=Path, metavar="policy.json", help="try this policy")
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--out", type=Path, metavar="result.csv", help="where every client's result is written")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        as_of = _day(options["as_of"])
        try:
            if options["policy"] or options["dry_run"]:
                result = _try(as_of, options["policy"], options["out"])
            else:
                result = _run(as_of, options["out"])
        except (rules.PolicyError, services.RunRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(_("%(file)s: %(error)s") % {"file": error.filename, "error": error.strerror}) from error
        result["seconds"] = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps(result, ensure_ascii=False))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        words = _("“%(text)s” is not a day; expected is one such as 2026-11-22.")
        raise CommandError(words % {"text": text}) from error


def _try(as_of: dt.date, path: Path | None, table: Path | None) -> dict[str, Any]:
    """A trial of the policy in the file `path`, or of the one in force."""
    services.check_day(as_of)
    if path is None:
        policy = policy_for(as_of)
        name, wanted = str(policy.version), rules.parse(policy.rules)
    else:
        name, wanted = path.name, rules.parse_text(path.read_bytes())
    found = trials.trial(policy_rules=wanted, as_of=as_of, table=table)
    return _as_json(as_of, name, found.clients, found.summary, found.changed)


def _run(as_of: dt.date, table: Path | None) -> dict[str, Any]:
    run, is_new = services.make_run(as_of=as_of, kind=RunKind.MANUAL, by=None, table=table)
    # A day that was made before with the same policy and data comes back as it was: this time nothing changed.
    changed = run.changed if is_new else 0
    return _as_json(as_of, str(run.policy.version), run.clients, run.summary, changed)


def _as_json(
    as_of: dt.date, policy: str, clients: int, summary: dict[str, dict[str, int]], changed: int
) -> dict[str, Any]:
    return {"as_of": f"{as_of:%F}", "policy": policy, "clients": clients, **summary, "changed": changed}
