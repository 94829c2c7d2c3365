"""Workbooks, and what only bears their name."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from clients.feeds import excel
from clients.feeds.excel import SheetReader, as_written
from clients.feeds.reader import Row
from clients.feeds.refusal import FeedRefused

NOT_ONE = "This is no Excel workbook that can be read"
TOO_LARGE = "The workbook is too large to be read"
PARTS = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")


def workbook(path: Path, *cells: tuple[int, int, Any], blank: tuple[int, int] | None = None) -> Path:
    """A workbook with these cells (row, column, value) and perhaps a formatted one that is empty."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
        if blank:
            sheet.write_blank(*blank, None, book.add_format({"bold": True}))
    return path


def with_sheet(path: Path, xml: str) -> Path:
    """A workbook whose first sheet is `xml`."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else old.read(part))
    return path


def read(path: Path) -> tuple[list[str], list[Row]]:
    reader = SheetReader(path)
    return reader.header, [row for piece in reader.pieces() if isinstance(piece, list) for row in piece]


def refused(path: Path, words: str) -> None:
    with pytest.raises(FeedRefused, match=words):
        read(path)


def test_packed_rows_that_are_bent(tmp_path: Path) -> None:
    """The directory of the file is whole, what it packs is not."""
    path = workbook(tmp_path / "x.xlsx", *((row, 0, f"client {row}") for row in range(500)))
    with zipfile.ZipFile(path) as packed:
        part = packed.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(path.read_bytes())
    begins = part.header_offset + 30 + len(part.filename)
    content[begins : begins + 40] = b"\xff" * 40
    path.write_bytes(content)
    refused(path, NOT_ONE)


def test_first_sheet_with_its_own_line_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", (2, 1, "a"), (2, 2, "b"), (4, 1, 1), (4, 2, "x"), (5, 1, 2))
    assert read(path) == (["a", "b"], [Row(5, ["1", "x"]), Row(6, ["2", ""])])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.1 + 0.2, "0.3"),
        (-12.0, "-12"),
        (123456789012.34, "123456789012.34"),
        (1e30, "1000000000000000019884624838656"),
        (True, "1"),
        (dt.datetime(2026, 11, 20), "2026-11-20"),
        (dt.datetime(2026, 11, 20, 9, 30), "2026-11-20T09:30:00"),
        (" =1+1 ", "=1+1"),
        ("", ""),
    ],
)
def test_cells_as_a_csv_would_have_them(value: Any, cell: str) -> None:
    assert as_written(value) == cell


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_string(1, 0, "=cmd|' /C calc'!A0")
        sheet.write_formula(1, 1, "=1+1", value=2)
    assert read(path)[1] == [Row(2, ["=cmd|' /C calc'!A0", "2"])]


@pytest.mark.parametrize(
    "parts",
    [
        {"assets.csv": "client_no,date,cash,securities\n"},
        {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"},
        {"[Content_Types].xml": "<Types", "xl/workbook.xml": "<workbook", "xl/worksheets/sheet1.xml": "<a"},
        dict.fromkeys(PARTS, "<x/>"),
    ],
)
def test_zip_of_something_else(tmp_path: Path, parts: dict[str, str]) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    refused(path, NOT_ONE)


def test_zip_of_nothing(tmp_path: Path) -> None:
    zipfile.ZipFile(tmp_path / "x.xlsx", "w").close()
    refused(tmp_path / "x.xlsx", NOT_ONE)


def test_workbook_without_a_cell(tmp_path: Path) -> None:
    refused(workbook(tmp_path / "x.xlsx"), "header row is missing")


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_workbook_cut_off(tmp_path: Path, place: float) -> None:
    path = workbook(tmp_path / "x.xlsx", (0, 0, "a"), (1, 0, "b"))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * place)])
    refused(path, NOT_ONE)


def test_packed_in_a_way_of_the_future(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", (0, 0, "a"))
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 6] = 0xFF  # the version needed to unpack it
    path.write_bytes(bytes(data))
    refused(path, NOT_ONE)


def test_one_cell_far_away_does_not_fill_the_memory(tmp_path: Path) -> None:
    """The library would lay out every cell between the first and the last: half a terabyte."""
    path = workbook(tmp_path / "x.xlsx", (0, 0, "a"), (1, 0, "b"), (1_048_575, 16_383, "x"))
    assert path.stat().st_size < 10_000
    refused(path, TOO_LARGE)


def test_an_empty_cell_far_away_does_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", (0, 0, "a"), (1, 0, "b"), blank=(1_048_575, 16_383))
    assert read(path) == (["a"], [Row(2, ["b"])])


def test_long_and_wide_are_no_fault_by_themselves(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", (0, 0, "a"), (1_048_575, 0, "b"))
    assert read(path)[1] == [Row(1_048_576, ["b"])]


def test_unpacked_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_UNPACKED_BYTES", 1000)
    refused(workbook(tmp_path / "x.xlsx", (0, 0, "a")), TOO_LARGE)


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ('<row r="3"><c r="B3"><v>1</v></c></row>', 6),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", 4),
        ('<row r="5"><c><v>1</v></c><c r="AA5"><v>2</v></c><c><v>3</v></c></row>', 140),
        ("<x:row r='2'><x:c s='1' r='C2'><x:v>1</x:v></x:c></x:row>", 6),
        ('<row r="9"/><row r="1"><c r="A1"><v>1</v></c><c r="ZZ1" s="3"/></row>', 1),
        ("", 0),
    ],
)
def test_how_far_cells_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, cells: int) -> None:
    """By the cells themselves, wherever the stream is cut, and not by the size that the sheet claims."""
    xml = f'<worksheet xmlns:x="x"><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>'
    path = with_sheet(tmp_path / "x.xlsx", xml)
    for size in (7, 31, 4096):
        monkeypatch.setattr(excel, "READ_BYTES", size)
        with zipfile.ZipFile(path) as packed:
            assert excel._area(packed, packed.getinfo("xl/worksheets/sheet1.xml")) == cells
