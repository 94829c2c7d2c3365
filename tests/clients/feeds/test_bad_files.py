"""Files that cannot be taken at all, and files with bad rows among good ones: nothing is changed, or just these."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import pytest

from clients.feeds.models import FeedBatch
from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows, run_command, write_file

pytestmark = [pytest.mark.usefixtures("clients", "today")]

ASSETS = "client_no,date,cash,securities\n"
ROW = "C1,2026-11-20,1,2\n"


def refused(tmp_path: Path, content: bytes | str, words: str, ending: str = ".csv") -> None:
    """Exit code 1, a batch that says why, no row in the table."""
    run = run_command("assets", write_file(tmp_path, "assets", content, ending))
    assert run.code == 1
    assert words in run.error
    batch = FeedBatch.objects.get()
    assert (batch.state, batch.message, batch.rows) == ("failed", run.error, 0)
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]


def test_empty_file(tmp_path: Path) -> None:
    refused(tmp_path, b"", "The file is empty: not even a header row.")


def test_empty_file_packed(tmp_path: Path) -> None:
    refused(tmp_path, gzip.compress(b""), "The header row is missing", ".csv.gz")


def test_header_only_is_a_feed_without_rows(load: LoadFeed) -> None:
    outcome = load("assets", ASSETS)
    assert figures(outcome) == {}
    assert outcome.state == "done"


def test_required_column_missing(tmp_path: Path) -> None:
    refused(
        tmp_path,
        "client_no,day,cash\nC1,2026-11-20,1\n",
        "Required columns are missing: date, securities. The header has: client_no, day, cash.",
    )


def test_neither_level_nor_score(tmp_path: Path) -> None:
    run = run_command("risk_assessments", write_file(tmp_path, "r", "client_no,assessed_on\nC1,2026-01-01\n"))
    assert run.code == 1
    assert "A required column is missing: level / score." in run.error


def test_column_twice(tmp_path: Path) -> None:
    refused(tmp_path, "client_no,date,cash,cash,securities\n", "The header names a column twice: cash.")


@pytest.mark.parametrize(("sign", "name"), [(";", ";"), ("\t", "TAB"), ("|", "|")])
def test_other_separators(tmp_path: Path, sign: str, name: str) -> None:
    refused(tmp_path, (ASSETS + ROW).replace(",", sign), f"The columns are separated by {name};")


def test_latin_1(tmp_path: Path) -> None:
    refused(tmp_path, (ASSETS + ROW + "Café,2026-11-20,1,2\n").encode("latin-1"), "Line 3 is not UTF-8 (byte 0xE9)")


def test_latin_1_deep_inside_a_large_file(tmp_path: Path) -> None:
    """What was staged before is taken back."""
    good = "".join(f"C{n % 5 + 1},2026-11-20,{n},2\n" for n in range(100_000))
    refused(tmp_path, (ASSETS + good).encode() + b"C1,\xe9,1,2\n", "Line 100002 is not UTF-8")


def test_chinese_in_another_encoding(tmp_path: Path) -> None:
    refused(tmp_path, (ASSETS + "张伟,2026-11-20,1,2\n").encode("gb18030"), "Line 2 is not UTF-8")


def test_utf_16(tmp_path: Path) -> None:
    refused(tmp_path, (ASSETS + ROW).encode("utf-16"), "The file is UTF-16")


def test_broken_gzip(tmp_path: Path) -> None:
    lines = "".join(f"C1,2026-11-20,{random.random():.2f},{n}\n" for n in range(1000))
    packed = gzip.compress((ASSETS + lines).encode())
    refused(tmp_path, packed[: len(packed) // 2], "The compressed file is damaged or cut off.", ".csv.gz")


def test_gzip_with_altered_bytes(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress((ASSETS + ROW * 100).encode()))
    packed[-6] ^= 0xFF  # the checksum
    refused(tmp_path, bytes(packed), "The compressed file is damaged or cut off.", ".csv.gz")


def test_workbook_that_is_none(tmp_path: Path) -> None:
    refused(tmp_path, b"PK\x03\x04" + b"x" * 100, "This is no Excel workbook that can be read.", ".xlsx")


def test_old_workbook(tmp_path: Path) -> None:
    refused(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "This is an old Excel workbook (.xls).", ".xls")


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert run_command("assets", tmp_path).code == 1


def test_one_percent_bad_rows(load: LoadFeed) -> None:
    """Of every kind; the good ones are all taken, the bad ones all told."""
    faults = [
        ("C99,{day},1,2", "client_no"),
        ("C1,2026-02-30,1,2", "date"),
        ("C1,{day},one,2", "cash"),
        ("C1,{day},1,2.999", "securities"),
        ("C1,{day},1", ""),
        ("C1,{day},1,2,3", ""),
        ("C1,{day},1,\0", "securities"),
        ('C1,{day},"1,2', ""),
    ]
    lines, bad = [], {}
    for n in range(4000):
        line = n + 2
        day = f"{2000 + n // 300}-{n % 12 + 1:02d}-{n // 12 % 25 + 1:02d}"
        text, column = f"C{n % 5 + 1},{day},{n},2", None
        if n % 100 == 50:
            text, column = faults[n // 100 % len(faults)]
            bad[line] = column
        lines.append(text.format(day=day))
    outcome = load("assets", ASSETS + "\n".join(lines) + "\n")
    assert figures(outcome) == {"rows": 4000, "inserted": 3960, "rejected": 40}
    assert {line: column for line, (column, _reason) in reasons(outcome).items()} == bad
    assert rows("SELECT count(*), sum(cash) FROM clients_assetsnapshot") == [
        (3960, sum(n for n in range(4000) if n % 100 != 50))
    ]


def test_reasons_of_rows_that_could_not_be_taken_apart(load: LoadFeed) -> None:
    outcome = load("assets", ASSETS + 'C1,2026-11-20,1\nC1,2026-11-20,1,2,3\nC1,2026-11-20,"1,2\nC2,2026-11-20,1,2\n')
    assert reasons(outcome) == {
        2: ("", "the row has 3 cells, the header has 4"),
        3: ("", "the row has 5 cells, the header has 4"),
        4: ("", "a quotation mark is not closed, or a line break stands outside of quotation marks"),
    }
    assert figures(outcome) == {"rows": 4, "inserted": 1, "rejected": 3}


def test_nul_is_told_with_its_column(load: LoadFeed) -> None:
    outcome = load("alerts", "alert_no,client_no,raised_on,source,summary\nA1,C1,2026-11-20,system,a\0b\n")
    assert reasons(outcome) == {2: ("summary", "contains a NUL, a character that no text may have")}


def test_errors_stand_on_their_lines_also_after_cells_with_line_breaks(load: LoadFeed) -> None:
    rows_with_breaks = 'A1,C1,2026-11-20,system,"one\ntwo\nthree"\n\nA2,C9,2026-11-20,system,\n'
    outcome = load("alerts", "alert_no,client_no,raised_on,source,summary\n" + rows_with_breaks)
    assert list(reasons(outcome)) == [6]
    assert rows("SELECT summary FROM clients_alert") == [("one\ntwo\nthree",)]


def test_thirty_digits(load: LoadFeed) -> None:
    outcome = load("assets", ASSETS + f"C1,2026-11-20,{'9' * 30},1\nC2,2026-11-20,1,{'9' * 16}.99\n")
    assert reasons(outcome)[2] == (
        "cash",
        f"“{'9' * 30}” is too large: at most 16 digits are expected before the decimal point",
    )
    assert figures(outcome) == {"rows": 2, "inserted": 1, "rejected": 1}


def test_errors_file_says_nothing_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    file = write_file(tmp_path, "assets", ASSETS + '=cmd|"/C calc"!A0,2026-11-20,1,2\n@SUM(1),2026-11-20,=1+1,2\n')
    run_command("assets", file, "--errors", errors)
    assert not formulas_in(errors)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)"])
def test_names_of_columns_are_text_in_the_errors_file_too(tmp_path: Path, name: str) -> None:
    """An unknown column is ignored; a NUL in it is told with its name, alone and beside another fault."""
    errors = tmp_path / "errors.csv"
    text = f"{name},client_no,date,cash,securities\n\0,C1,2026-11-20,1,2\n\0,C9,2026-11-20,1,2\n"
    assert run_command("assets", write_file(tmp_path, "assets", text), "--errors", errors).summary["rejected"] == 2
    assert not formulas_in(errors)
    assert errors.read_text().count(f"'{name}") == 3


def formulas_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
