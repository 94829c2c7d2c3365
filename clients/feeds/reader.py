"""From a file's bytes to rows with line numbers, in pieces of about a megabyte, however large the file.

Most of a feed needs no parsing in Python: a piece without quotes, blanks and other oddities, whose every line has the
right number of commas, goes to PostgreSQL as it is (`Plain`). Only an odd piece is taken apart here (`Row`s).
A row that cannot be taken apart becomes a row with a fault; it does not disturb the rows after it.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from django.utils.translation import gettext as _

from clients.feeds.refusal import FeedRefused

READ_BYTES = 1 << 20
LONGEST_ROW = 16 << 20
BOM = b"\xef\xbb\xbf"
BLANKS = " \t"
ODD = (b'"', b"\r", b"\0", b"\t", b" ,", b", ", b" \n", b"\n ")

csv.field_size_limit(LONGEST_ROW)


@dataclass(frozen=True)
class Plain:
    """Whole rows that COPY reads as they are; the first stands on `line`."""

    line: int
    data: bytes
    rows: int


@dataclass(frozen=True)
class Row:
    """One row. `fault` is a code for what the reader found wrong (`faults.py` has the words), or empty."""

    line: int
    cells: list[str]
    fault: str = ""


Piece = Plain | list[Row]


@dataclass(frozen=True)
class Block:
    """Whole physical lines; the first has the number `line`."""

    line: int
    data: bytes

    def text(self) -> str:
        """Raises FeedRefused where the bytes are not UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            line = self.line + self.data.count(b"\n", 0, error.start)
            raise FeedRefused(
                _("Line %(line)s is not UTF-8 (byte 0x%(byte)02X). Save the file as CSV UTF-8 and send it again.")
                % {"line": line, "byte": self.data[error.start]}
            ) from error


def blocks_of(stream: BinaryIO) -> Iterator[Block]:
    """The stream cut at line ends; lines end in LF, whatever they ended in, and a byte-order mark is gone."""
    line, rest = 1, stream.read(len(BOM)).removeprefix(BOM)
    while chunk := stream.read(READ_BYTES):
        whole, end, beyond = chunk.rpartition(b"\n")
        if not end:
            rest += chunk
            if len(rest) > LONGEST_ROW:
                raise FeedRefused(_("Line %(line)s is longer than 16 MB: this is no feed file.") % {"line": line})
            continue
        block = Block(line, (rest + whole + end).replace(b"\r\n", b"\n"))
        line, rest = line + block.data.count(b"\n"), beyond
        yield block
    if rest:
        yield Block(line, rest.removesuffix(b"\r") + b"\n")


def is_plain(data: bytes, columns: int) -> bool:
    """Whether COPY would read exactly `columns` cells from every line of `data`, and the same ones as we would."""
    if data.startswith(b" ") or any(odd in data for odd in ODD):
        return False
    found = np.frombuffer(data, dtype=np.uint8)
    found = found[(found == ord(",")) | (found == ord("\n"))]
    if found.size % columns:
        return False
    table = found.reshape(-1, columns)
    return bool((table[:, -1] == ord("\n")).all() and (table[:, :-1] == ord(",")).all())


class Lines:
    """Physical lines for `csv.reader`, drawn block by block; those of a row that turns out broken are put back."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._taken_length = 0
        self.next_line = 1

    def load(self, block: Block) -> None:
        self.next_line = block.line
        self._waiting.extend(io.StringIO(block.text(), newline="\n"))

    def begin_row(self) -> bool:
        """Forget the lines of the row before; False when no line is waiting."""
        self._taken, self._taken_length = [], 0
        return bool(self._waiting)

    def keep_first_only(self) -> None:
        """Put back all lines of the row but its first: what follows is read as rows of its own."""
        behind = self._taken[1:]
        self._waiting.extendleft(reversed(behind))
        self.next_line -= len(behind)

    def rest(self) -> Block:
        """The waiting lines, as a block again."""
        block = Block(self.next_line, "".join(self._waiting).encode())
        self._waiting.clear()
        return block

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self._taken_length > LONGEST_ROW:
            raise StopIteration
        if not self._waiting:
            block = next(self._blocks)
            self._waiting.extend(io.StringIO(block.text(), newline="\n"))
        line = self._waiting.popleft()
        self._taken.append(line)
        self._taken_length += len(line)
        self.next_line += 1
        return line


class CsvReader:
    """A CSV stream: its header at once, its rows piece by piece. Raises FeedRefused where it cannot be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._blocks = blocks_of(stream)
        self._lines = Lines(self._blocks)
        self.header = self._read_header()

    def pieces(self) -> Iterator[Piece]:
        """The rows below the header, in order."""
        first = self._lines.rest()
        if first.data:
            yield from self._pieces_of(first)
        for block in self._blocks:
            yield from self._pieces_of(block)

    def _read_header(self) -> list[str]:
        for block in self._blocks:
            self._lines.load(block)
            for row in self._parsed(columns=None):
                if row.fault:
                    break
                return row.cells
        raise FeedRefused(_("The header row is missing: the first line must name the columns."))

    def _pieces_of(self, block: Block) -> Iterator[Piece]:
        columns = len(self.header)
        if is_plain(block.data, columns):
            if not block.data.isascii():
                block.text()
            yield Plain(block.line, block.data, block.data.count(b"\n"))
        else:
            self._lines.load(block)
            yield list(self._parsed(columns))

    def _parsed(self, columns: int | None) -> Iterator[Row]:
        """The rows of the waiting lines; the last may draw on the next block, which is then parsed as well."""
        reader = csv.reader(self._lines, strict=True)
        while self._lines.begin_row():
            line = self._lines.next_line
            try:
                cells = [cell.strip(BLANKS) for cell in next(reader)]
            except csv.Error:
                self._lines.keep_first_only()
                yield Row(line, [], "quotes")
                continue
            if cells:
                yield checked(line, cells, columns)


def checked(line: int, cells: list[str], columns: int | None) -> Row:
    """A row with its fault where it has one that cells alone show: their number, or a NUL. None: any number."""
    if columns is not None and len(cells) != columns:
        return Row(line, [], f"cells {len(cells)}")
    for position, cell in enumerate(cells):
        if "\0" in cell:
            return Row(line, [cell.replace("\0", "\N{REPLACEMENT CHARACTER}") for cell in cells], f"nul {position}")
    return Row(line, cells)
