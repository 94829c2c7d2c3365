"""A workbook as a feed's file: the first sheet, its cells as a CSV would have them."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from clients.feeds.reader import BLANKS, Piece, checked
from clients.feeds.refusal import FeedRefused

ROWS_AT_ONCE = 5_000
MOST_UNPACKED_BYTES = 1 << 30  # a workbook is read whole; what is larger than this is sent as CSV
MIDNIGHT = dt.time()


class SheetReader:
    """The header of the first sheet and the rows below it. Raises FeedRefused where the workbook cannot be read."""

    def __init__(self, path: Path) -> None:
        rows = self._numbered(path)
        line, header = next(rows, (0, []))
        if not line:
            raise FeedRefused(_("The header row is missing: the first line must name the columns."))
        while header and not header[-1]:
            header.pop()
        self.header = header
        self._rows = rows

    def pieces(self) -> Iterator[Piece]:
        width = len(self.header)
        rows = (checked(line, cells[:width] if not any(cells[width:]) else cells, width) for line, cells in self._rows)
        while piece := list(itertools.islice(rows, ROWS_AT_ONCE)):
            yield piece

    @staticmethod
    def _numbered(path: Path) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, with their numbers in the sheet."""
        try:
            with zipfile.ZipFile(path) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
                    raise FeedRefused(_("The workbook is too large to be read. Send the data as CSV."))
            sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        except (CalamineError, zipfile.BadZipFile, OSError) as error:
            raise FeedRefused(_("This is no Excel workbook that can be read. Save it again as .xlsx.")) from error
        first = (sheet.start or (0, 0))[0] + 1
        for line, row in enumerate(sheet.iter_rows(), start=first):
            cells = [as_written(value) for value in row]
            if any(cells):
                yield line, cells


def as_written(value: Any) -> str:
    """A cell's value as the feed's format writes it. Numbers to 15 digits, as Excel itself shows them."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(value, "f").rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(timespec="seconds")
    return str(value).strip(BLANKS)
