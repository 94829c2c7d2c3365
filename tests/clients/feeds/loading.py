"""Loading small files in tests, and looking at what became of them."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.core.management import CommandError, call_command
from django.db import connection

from clients.feeds import services
from clients.feeds.choices import BatchSource
from clients.feeds.outcome import Outcome

TODAY = dt.date(2026, 11, 22)
_numbers: Iterator[int] = itertools.count(1)


class LoadFeed(Protocol):
    def __call__(self, feed: str, text: str | bytes, **options: Any) -> Outcome: ...


def write_file(folder: Path, feed: str, text: str | bytes, ending: str = ".csv") -> Path:
    path = folder / f"{feed}-{next(_numbers)}{ending}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loader(folder: Path) -> LoadFeed:
    def load(feed: str, text: str | bytes, ending: str = ".csv", **options: Any) -> Outcome:
        path = write_file(folder, feed, text, ending)
        usual: dict[str, Any] = {"feed": feed, "path": path, "by": None, "source": BatchSource.COMMAND}
        return services.import_file(**(usual | options))

    return load


def figures(outcome: Outcome) -> dict[str, int]:
    """The counters that are not zero."""
    names = ("rows", "inserted", "updated", "unchanged", "repeats", "rejected", "warnings")
    return {name: getattr(outcome, name) for name in names if getattr(outcome, name)}


def reasons(outcome: Outcome) -> dict[int, tuple[str, str]]:
    """Column and reason of every rejected row, by line."""
    return {fault.line: (fault.column, fault.reason) for fault in outcome.errors}


def rows(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


class Run(NamedTuple):
    """What `manage.py import_feed` did."""

    code: int
    summary: dict[str, Any]
    lines: list[str]
    error: str


def run_command(*arguments: Any) -> Run:
    out, code, error = io.StringIO(), 0, ""
    try:
        call_command("import_feed", *(str(argument) for argument in arguments), stdout=out)
    except CommandError as refusal:
        code, error = refusal.returncode, str(refusal)
    except SystemExit as end:
        code = int(end.code or 0)
    lines = out.getvalue().strip().splitlines()
    return Run(code, json.loads(lines[-1]) if lines else {}, lines, error)
