"""The file itself: cells as they were given, nothing of it a formula, the watermark on every page."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from crm.exports.registry import Field, Kind
from crm.exports.workbook import About, write_workbook

ABOUT = About("客户", "关于本文件", "王芳 (1107) · 2026-11-25 10:00 R&D", [("List", "客户"), ("Rows", "2")])
NOON = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)  # in Shanghai


def write(tmp_path: Path, kinds: list[Kind], rows: list[list[Any]]) -> Path:
    path = tmp_path / "x.xlsx"
    fields = [Field(f"h{n}", kind) for n, kind in enumerate(kinds)]
    assert write_workbook(path, fields, iter(rows), lambda _count: ABOUT, ABOUT, lambda _done: None) == len(rows)
    return path


def read(path: Path, sheet: str = "客户") -> list[list[Any]]:
    return load_workbook(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def xml(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


@pytest.mark.parametrize(
    "value",
    [
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "=1+1",
        "http://evil.example",
        "12345678901234567890",
        "007",
        "<b>&\"'",
        "😀",
        "_x0041_",
    ],
)
def test_text_stays_text(tmp_path: Path, value: str) -> None:
    path = write(tmp_path, [Kind.TEXT], [[value]])

    assert read(path) == [["h0"], [value]]
    sheet = xml(path, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_what_begins_a_formula_is_marked_as_text_for_who_edits_it(tmp_path: Path) -> None:
    path = write(tmp_path, [Kind.TEXT], [["=1+1"], ["plain"]])

    assert 'quotePrefix="1"' in xml(path, "xl/styles.xml")
    cells = re.findall(r'<c r="A\d"( s="\d+")? t="inlineStr">', xml(path, "xl/worksheets/sheet1.xml"))
    assert cells[1] != ""
    assert cells[2] == ""


def test_each_kind(tmp_path: Path) -> None:
    row = ["a", 7, Decimal("1234567.89"), dt.date(2021, 5, 6), NOON]
    path = write(tmp_path, [Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DAY, Kind.TIME], [row])

    assert read(path)[1] == ["a", 7.0, 1234567.89, dt.date(2021, 5, 6), dt.datetime(2026, 11, 25, 12)]


def test_empty_cells_and_what_excel_cannot_hold(tmp_path: Path) -> None:
    huge = Decimal("12345678901234567890.12")
    path = write(
        tmp_path,
        [Kind.TEXT, Kind.MONEY, Kind.DAY],
        [[None, None, None], ["", huge, dt.date(1899, 1, 2)], ["x", 0, None]],
    )

    assert read(path)[1:] == [
        ["", "", ""],
        ["", "12,345,678,901,234,567,890.12", "1899-01-02"],
        ["x", 0.0, ""],
    ]


def test_the_watermark_is_on_every_page_and_the_second_sheet_says_what_the_file_is(tmp_path: Path) -> None:
    path = write(tmp_path, [Kind.TEXT], [["a"]])

    for sheet in ("sheet1", "sheet2"):
        assert "王芳 (1107) · 2026-11-25 10:00 R&amp;&amp;D" in xml(path, f"xl/worksheets/{sheet}.xml")
    assert read(path, "关于本文件") == [["List", "客户"], ["Rows", "2"]]
    assert load_workbook(path).sheet_names == ["客户", "关于本文件"]


@pytest.mark.parametrize("title", ["a/b:c*d?e[f]g\\h", "'x'", "名" * 60, "", "History"])
def test_any_title_names_a_sheet(tmp_path: Path, title: str) -> None:
    head = About(title, "About", "w", [])
    path = tmp_path / "x.xlsx"

    write_workbook(path, [Field("h")], iter([]), lambda _count: head, head, lambda _done: None)

    assert len(load_workbook(path).sheet_names) == 2


def test_whoever_stops_it_stops_it(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(done: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        write_workbook(
            tmp_path / "x.xlsx", [Field("h")], ([str(n)] for n in range(5000)), lambda _n: ABOUT, ABOUT, stop
        )
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".xlsx"] == []
