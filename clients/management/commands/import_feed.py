"""`manage.py import_feed <feed> FILE`: load one file of one feed (`feeds.md`)."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.feeds import services
from clients.feeds.choices import BatchSource
from clients.feeds.files import readable_name
from clients.feeds.outcome import Outcome

SOME_REJECTED = 3
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Load one file (.csv, .csv.gz, .xlsx) of a feed. Exit code 0: every row was taken; 3: some were rejected, the "
        "others taken; 1: nothing was taken. The last line of the output is one JSON object."
    )
    requires_system_checks: list[str] = []  # the code is checked when it is deployed, not with every file

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("feed", help="name of the feed, such as clients or assets")
        parser.add_argument("file", type=Path)
        parser.add_argument("--business-date", metavar="D", help="the day the file is about, such as 2026-11-22")
        parser.add_argument("--rows", metavar="N", help="control total: the number of rows the sender states")
        parser.add_argument("--errors", type=Path, metavar="errors.csv", help="where the rejected rows are listed")
        parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = services.import_file(
                feed=options["feed"],
                path=options["file"],
                by=None,
                source=BatchSource.COMMAND,
                business_date=_day(options["business_date"]),
                rows_stated=_number(options["rows"]),
                errors_path=options["errors"],
                dry_run=options["dry_run"],
            )
        except services.FeedRefused as refusal:
            raise self._nothing_taken(str(refusal), options) from refusal
        except OperationalError as error:
            words = _("The database went away: %(reason)s. Run the command again; no row is taken twice.")
            raise self._nothing_taken(words % {"reason": str(error).strip().splitlines()[0]}, options) from error
        for line in summary(outcome, dry_run=options["dry_run"]):
            self.stdout.write(line)
        self.stdout.write(as_json(outcome))
        if outcome.rejected:
            sys.exit(SOME_REJECTED)

    def _nothing_taken(self, reason: str, options: dict[str, Any]) -> CommandError:
        """Write the last line of a load that took nothing; returns the error that ends the command."""
        self.stdout.write(as_json(Outcome(options["feed"], readable_name(options["file"].name))))
        return CommandError(reason)


def _day(text: str | None) -> dt.date | None:
    """Raises FeedRefused for what is no date in the one form that feeds have."""
    if text is None:
        return None
    with contextlib.suppress(ValueError):
        if DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    words = _("The business date “%(text)s” is not a date; expected is one such as 2026-11-22.")
    raise services.FeedRefused(words % {"text": text})


def _number(text: str | None) -> int | None:
    """Raises FeedRefused for what is no number of rows."""
    if text is None or re.fullmatch("[0-9]{1,40}", text):
        return None if text is None else int(text)
    raise services.FeedRefused(_("The control total “%(text)s” is not a whole number.") % {"text": text})


def summary(outcome: Outcome, *, dry_run: bool) -> list[str]:
    """The outcome for a person: figures that add up, then what needs attention."""
    figures = _(
        "%(rows)s rows: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(repeats)s repeated, "
        "%(rejected)s rejected."
    )
    lines = [f"{outcome.feed} {outcome.file_name}", figures % vars(outcome)]
    if dry_run:
        lines.append(_("Dry run: nothing was changed."))
    if outcome.note:
        lines.append(outcome.note)
    if outcome.unknown_columns:
        lines.append(_("Columns that this feed does not have were ignored: %s.") % ", ".join(outcome.unknown_columns))
    if outcome.warnings:
        words = ngettext(
            "%(count)s row names staff that is not known; the field stays empty.",
            "%(count)s rows name staff that is not known; the field stays empty.",
            outcome.warnings,
        )
        lines.append(words % {"count": outcome.warnings})
    lines += [
        _("Line %(line)s, %(column)s: %(reason)s") % fault._asdict()
        if fault.column
        else _("Line %(line)s: %(reason)s") % fault._asdict()
        for fault in outcome.errors[:SHOWN]
    ]
    if outcome.rejected > SHOWN:
        lines.append(_("… and %(count)s more.") % {"count": outcome.rejected - SHOWN})
    return lines


def as_json(outcome: Outcome) -> str:
    """The last line, for programs: ASCII, which every terminal takes."""
    return json.dumps(
        {
            "feed": outcome.feed,
            "file": outcome.file_name,
            "rows": outcome.rows,
            "inserted": outcome.inserted,
            "updated": outcome.updated,
            "unchanged": outcome.unchanged,
            "rejected": outcome.rejected,
            "warnings": outcome.warnings,
            "errors_file": readable_name(str(outcome.errors_file)) if outcome.errors_file else None,
            "seconds": outcome.seconds,
        }
    )
