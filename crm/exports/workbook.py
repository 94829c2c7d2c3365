"""Writing an .xlsx file row by row in constant memory. Whatever a cell says, it is never a formula or a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

from crm.exports.registry import Field, Kind

MOST_ROWS = 1_048_575  # a worksheet, less its headings
STEP = 1_000  # rows between two words of progress
EXACT = Decimal(10) ** 13  # Excel keeps 15 digits: from here on an amount with cents is written as text
BEGINS_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
FORMATS = {Kind.MONEY: "#,##0.00", Kind.DAY: "yyyy-mm-dd", Kind.TIME: "yyyy-mm-dd hh:mm"}
HEADER_MAX = 250  # characters that Excel allows in the head of a printed page, less the marks
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Write = Callable[[int, int, Any], None]


@dataclass(frozen=True)
class About:
    """What is written beside the rows: the names of both sheets, the watermark, and the lines of the second."""

    title: str
    about_title: str
    watermark: str
    lines: Sequence[tuple[str, str]]


def write_workbook(
    path: Path,
    fields: Sequence[Field],
    rows: Iterable[Sequence[Any]],
    about: Callable[[int], About],
    head: About,
    progress: Callable[[int], None],
) -> int:
    """Write headings and `rows` to `path`, then the sheet about the file. Returns how many rows were written.

    `head` names the sheets and carries the watermark of every printed page; `about` gives the lines once the number
    of rows is known; `progress` is told it now and then, and may raise to stop.
    """
    book = xlsxwriter.Workbook(str(path), OPTIONS | {"tmpdir": str(path.parent)})
    try:
        sheet = book.add_worksheet(_sheet_name(head.title))
        _lay_out(book, sheet, fields, head.watermark)
        count = _write_rows(book, sheet, fields, rows, progress)
        sheet.autofilter(0, 0, max(count, 1), len(fields) - 1)
        _write_about(book, about(count))
    finally:
        book.close()
    return count


def _lay_out(book: Any, sheet: Any, fields: Sequence[Field], watermark: str) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for number, field in enumerate(fields):
        sheet.set_column(number, number, field.width)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    mark = _printed(watermark)
    sheet.set_header(f"&C{mark}")
    sheet.set_footer(f"&L{mark}&R&P / &N")
    for number, field in enumerate(fields):
        sheet.write_string(0, number, field.heading, bold)


def _write_rows(
    book: Any, sheet: Any, fields: Sequence[Field], rows: Iterable[Sequence[Any]], progress: Callable[[int], None]
) -> int:
    writers = [_writer(book, sheet, field.kind) for field in fields]
    columns = list(enumerate(writers))
    count = 0
    for row in rows:
        count += 1
        for number, write in columns:
            value = row[number]
            if value is not None and value != "":
                write(count, number, value)
        if count % STEP == 0:
            progress(count)
    return count


def _writer(book: Any, sheet: Any, kind: Kind) -> Write:
    """How a cell of this kind is written; empty ones are left out before."""
    marked = book.add_format({"quote_prefix": True})  # text it stays, also when somebody edits the cell
    number = book.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None
    zone = timezone.get_current_timezone()

    def text(row: int, column: int, value: Any) -> None:
        words = str(value)
        sheet.write_string(row, column, words, marked if words.startswith(BEGINS_FORMULAS) else None)

    def money(row: int, column: int, value: Decimal) -> None:
        if abs(value) < EXACT:
            sheet.write_number(row, column, value, number)
        else:
            sheet.write_string(row, column, f"{value:,.2f}")

    def instant(row: int, column: int, value: dt.datetime) -> None:
        sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), number)

    def plain(row: int, column: int, value: Any) -> None:
        sheet.write_number(row, column, value, number)

    def day(row: int, column: int, value: dt.date) -> None:
        if value.year < 1900:  # before Excel's first day
            sheet.write_string(row, column, value.isoformat())
        else:
            sheet.write_datetime(row, column, value, number)

    known: dict[Kind, Write] = {Kind.MONEY: money, Kind.TIME: instant, Kind.DAY: day, Kind.NUMBER: plain}
    return known.get(kind, text)


def _write_about(book: Any, about: About) -> None:
    sheet = book.add_worksheet(_sheet_name(about.about_title))
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)
    sheet.set_header(f"&C{_printed(about.watermark)}")
    for number, (word, value) in enumerate(about.lines):
        sheet.write_string(number, 0, word, bold)
        sheet.write_string(number, 1, value, wrapped)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: 31 characters, none of those it keeps for itself."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title).strip("' ")[:31] or "1"


def _printed(text: str) -> str:
    """Text in the head or foot of a page, where & begins a mark."""
    return text.replace("&", "&&")[:HEADER_MAX]
