"""What was wrong with each row that was not taken, in words; the errors file."""

# ruff: noqa: S608 (the SQL is made of declarations in code; what a file says stays in tables)

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.feeds.kinds import quoted
from clients.feeds.load import Load
from clients.feeds.sift import OUTSIDE
from clients.feeds.spec import Feed
from crm.cells import as_text

HEADER = ("line", "column", "reason")
CHUNK = 2_000
NO_CELLS = ("cells", "quotes")  # faults of rows that could not be taken apart


class Fault(NamedTuple):
    """A row that was not taken: its line in the file, the columns at fault, why."""

    line: int
    column: str
    reason: str


def faults(load: Load, header: list[str]) -> Iterator[Fault]:
    """The bad rows of `sifted`, by line; one for each row, with all that is wrong with it."""
    cells = ", ".join(column.cell for column in load.columns)
    words = _Words(load.feed, [column.name for column in load.columns], header, load.params["tomorrow"])
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""SELECT sifted.line, staged.fault, sifted.faults, {cells}
                FROM sifted JOIN staged USING (line) WHERE sifted.fate = 'bad' ORDER BY sifted.line"""
        )
        while rows := cursor.fetchmany(CHUNK):
            for line, fault, columns, *texts in rows:
                yield words.fault(line, fault, columns or [], texts)


def write_file(path: Path, found: Iterator[Fault], keep: int) -> list[Fault]:
    """Write the errors file (CSV, UTF-8); returns the first `keep` faults."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first: list[Fault] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.is_file():  # and not a device that the caller named
            path.chmod(0o600)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for fault in found:
            writer.writerow([fault.line, as_text(fault.column), as_text(fault.reason)])
            if len(first) < keep:
                first.append(fault)
    return first


class _Words:
    """Reasons for the rows of one file; `columns` are the feed's that it has, `header` is as it stands there."""

    def __init__(self, feed: Feed, columns: list[str], header: list[str], tomorrow: dt.date) -> None:
        self._feed = feed
        self._columns = columns
        self._header = header
        self._tomorrow = tomorrow

    def fault(self, line: int, fault: str | None, columns: list[str], texts: list[str]) -> Fault:
        """`fault` comes from the reader and from comparing keys, `columns` from the checks."""
        codes = fault.split("|") if fault else []
        found = [self._of_row(*code.partition(" ")[::2]) for code in codes]
        if not any(code.startswith(NO_CELLS) for code in codes):
            cells = dict(zip(self._columns, texts, strict=True))
            found += [self._of_cell(name, cells) for name in self._telling(columns)]
        if len(found) == 1:
            return Fault(line, *found[0])
        named = dict.fromkeys(column for column, _reason in found if column)
        reasons = (f"{column}: {reason}" if column else reason for column, reason in found)
        return Fault(line, "; ".join(named), "; ".join(reasons))

    def _telling(self, columns: list[str]) -> list[str]:
        """What is worth saying. Of a client outside the loader's branches it is not said whether he exists; of columns
        of which one is needed, that a cell cannot be read and not that it is missing.
        """
        silent = {self._feed.within_column} if f"{self._feed.within_column}/{OUTSIDE}" in columns else set()
        if set(self._feed.one_of) & set(columns):
            silent |= {f"{name}/{number}" for name in self._feed.one_of for number in range(len(self._feed.rules))}
        return [name for name in columns if name not in silent]

    def _of_row(self, code: str, detail: str) -> tuple[str, str]:
        if code == "cells":
            words = ngettext(
                "the row has %(count)s cell, the header has %(expected)s",
                "the row has %(count)s cells, the header has %(expected)s",
                int(detail),
            )
            return "", words % {"count": detail, "expected": len(self._header)}
        if code == "nul":
            return self._header[int(detail)], _("contains a NUL, a character that no text may have")
        if code == "contradiction":
            words = _("lines %(lines)s have the same key and different content; none of them is taken")
            return "; ".join(self._feed.key), words % {"lines": detail}
        return "", _("a quotation mark is not closed, or a line break stands outside of quotation marks")

    def _of_cell(self, name: str, cells: dict[str, Any]) -> tuple[str, str]:
        name, _slash, rule = name.partition("/")
        cell = cells.get(name, "")  # a rule may point to a column that this file does not have
        if rule == OUTSIDE:
            return name, str(self._feed.not_within) % {"cell": quoted(cell)}
        if rule:
            return name, str(self._feed.rules[int(rule)].reason) % {"cell": quoted(cell)}
        if not cell:
            return name, _("is empty; a value is needed")
        return name, self._feed.column(name).kind.explain(cell, self._tomorrow)
