"""A feed's file opened: which of the feed's columns it has, and its rows."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.feeds.excel import SheetReader
from clients.feeds.files import Content, content_of, head_of, open_csv, readable
from clients.feeds.reader import CsvReader, Piece
from clients.feeds.refusal import FeedRefused
from clients.feeds.spec import Feed

OTHER_SEPARATORS = {";": ";", "\t": "TAB", "|": "|"}
MOST_COLUMNS = 500


class Reader(Protocol):
    header: list[str]

    def pieces(self) -> Iterator[Piece]: ...


@dataclass(frozen=True)
class Table:
    """`staged` names the temporary table's columns, in the file's order; `present` are those the feed knows."""

    reader: Reader
    staged: list[str]
    present: frozenset[str]
    unknown: list[str]

    @property
    def header(self) -> list[str]:
        return self.reader.header


@contextlib.contextmanager
def open_table(path: Path, feed: Feed, *, needed: frozenset[str] = frozenset()) -> Iterator[Table]:
    """Open the file, whatever it is packed in. Raises FeedRefused where it cannot be read, or lacks a column.

    `needed` are columns that the file must have beside the feed's required ones.
    """
    with readable():
        if content_of(head_of(path)) is Content.XLSX:
            yield _table(SheetReader(path), feed, needed)
        else:
            with open_csv(path) as stream:
                yield _table(CsvReader(stream), feed, needed)


def _table(reader: Reader, feed: Feed, needed: frozenset[str]) -> Table:
    known = {column.name for column in feed.columns}
    header = reader.header
    twice = [name for name, times in Counter(header).items() if times > 1 and name in known]
    if twice:
        raise FeedRefused(_("The header names a column twice: %(columns)s.") % {"columns": ", ".join(twice)})
    if len(header) > MOST_COLUMNS:
        raise FeedRefused(_("The header has %(count)s columns: this is no feed file.") % {"count": len(header)})
    _check_complete(header, feed, needed)
    staged = [name if name in known else f"unknown_{place}" for place, name in enumerate(header)]
    return Table(
        reader, staged, frozenset(known & set(header)), [name for name in header if name and name not in known]
    )


def _check_complete(header: list[str], feed: Feed, needed: frozenset[str]) -> None:
    missing = [name for name in dict.fromkeys([*feed.required, *sorted(needed)]) if name not in header]
    if feed.one_of and not set(feed.one_of) & set(header):
        missing.append(" / ".join(feed.one_of))
    if not missing:
        return
    separator = next((sign for sign in OTHER_SEPARATORS if len(header) == 1 and sign in header[0]), None)
    if separator:
        words = _("The columns are separated by %(sign)s; a feed's columns are separated by commas.")
        raise FeedRefused(words % {"sign": OTHER_SEPARATORS[separator]})
    words = ngettext(
        "A required column is missing: %(columns)s. The header has: %(header)s.",
        "Required columns are missing: %(columns)s. The header has: %(header)s.",
        len(missing),
    )
    raise FeedRefused(words % {"columns": ", ".join(missing), "header": ", ".join(header)[:300]})
