"""A workbook as a feed's file: the first sheet, its cells as a CSV would have them."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from clients.feeds.reader import BLANKS, READ_BYTES, Piece, checked
from clients.feeds.refusal import FeedRefused

ROWS_AT_ONCE = 5_000
MOST_UNPACKED_BYTES = 1 << 30  # a workbook is read whole; what is larger than this is sent as CSV
MOST_CELLS = 20_000_000  # from the first cell to the last, the empty ones between them too: 32 bytes each
NOT_A_WORKBOOK = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
# A row or cell of a sheet: which of them, its address, and a slash where it holds nothing.
ELEMENT = re.compile(rb"""<(?:\w+:)?(row|c)\b(?:[^>]*?\sr=["']([A-Za-z]*)([0-9]+)["'])?[^>]*?(/?)>""")
LONGEST_ELEMENT = 1 << 16
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
            _check_size(path)
            sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        except NOT_A_WORKBOOK as error:
            raise FeedRefused(_("This is no Excel workbook that can be read. Save it again as .xlsx.")) from error
        for line, row in enumerate(sheet.iter_rows(), start=1):
            cells = [as_written(value) for value in row]
            if any(cells):
                yield line, cells


def _check_size(path: Path) -> None:
    """Refuse a workbook that would fill the memory: by its size, or by one cell far away from the others."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        large = sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES
        sheets = [part for part in parts if "worksheets/" in part.filename and part.filename.endswith(".xml")]
        if large or any(_area(packed, sheet) > MOST_CELLS for sheet in sheets):
            raise FeedRefused(_("The workbook is too large to be read. Send the data as CSV."))


def _area(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> int:
    """How many cells lie between the first row and column and the last ones that hold something.

    Told from the cells themselves and not from what the sheet says its size is. A row or cell without an address
    follows the one before it.
    """
    row = column = last_row = last_column = 0
    rest = b""
    with packed.open(sheet) as stream:
        while chunk := stream.read(READ_BYTES):
            whole, sign, rest = (rest + chunk).rpartition(b"<")
            rest = sign + rest[:LONGEST_ELEMENT]
            for kind, letters, number, empty in ELEMENT.findall(whole):
                row = int(number) if number else row + (kind == b"row")
                if kind == b"row":
                    column = 0
                    continue
                column = column_number(letters) if letters else column + 1
                if not empty:
                    last_row = row if row > last_row else last_row
                    last_column = column if column > last_column else last_column
    return last_row * last_column


@functools.cache
def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    return functools.reduce(lambda number, letter: number * 26 + letter - 64, letters.upper(), 0)


def as_written(value: Any) -> str:
    """A cell's value as the feed's format writes it. Numbers to 15 digits, as Excel itself shows them."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(value, "f").rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(timespec="seconds")
    return str(value).strip(BLANKS)
