"""From bytes to rows with line numbers."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.feeds import reader
from clients.feeds.files import Content, check_name, content_of, open_csv
from clients.feeds.reader import CsvReader, Plain, Row, is_plain
from clients.feeds.refusal import FeedRefused


def rows_of(data: bytes) -> list[Row]:
    """All rows, those of plain pieces read by Python's csv."""
    found: list[Row] = []
    for piece in CsvReader(io.BytesIO(data)).pieces():
        if isinstance(piece, Plain):
            cells = csv.reader(io.StringIO(piece.data.decode(), newline="\n"))
            read = [Row(line, row) for line, row in enumerate(cells, start=piece.line)]
            assert len(read) == piece.rows
            found += read
        else:
            found += piece
    return found


def test_header_and_rows_with_their_lines() -> None:
    assert CsvReader(io.BytesIO(b"a,b\n1,2\n")).header == ["a", "b"]
    assert rows_of(b"a,b\n1,2\n3,4\n") == [Row(2, ["1", "2"]), Row(3, ["3", "4"])]


def test_last_line_may_lack_its_end() -> None:
    assert rows_of(b"a,b\n1,2") == [Row(2, ["1", "2"])]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa,b\n1,2\n", b"a,b\r\n1,2\r\n", b"\xef\xbb\xbfa,b\r\n1,2"])
def test_byte_order_mark_and_windows_line_ends(data: bytes) -> None:
    read = CsvReader(io.BytesIO(data))
    assert read.header == ["a", "b"]
    assert rows_of(data) == [Row(2, ["1", "2"])]


def test_blanks_around_cells_are_no_part_of_them() -> None:
    assert rows_of(b"a , b\n 1,2\t\n") == [Row(2, ["1", "2"])]
    assert CsvReader(io.BytesIO(b"a , b\n")).header == ["a", "b"]


def test_quotes_commas_and_line_breaks_in_a_cell() -> None:
    data = b'a,b\n"x, ""y""","first\nsecond"\n3,4\n'
    assert rows_of(data) == [Row(2, ['x, "y"', "first\nsecond"]), Row(4, ["3", "4"])]


def test_empty_lines_are_no_rows() -> None:
    assert rows_of(b"a,b\n\n1,2\n\n\n3,4\n\n") == [Row(3, ["1", "2"]), Row(6, ["3", "4"])]


def test_wrong_number_of_cells_is_a_fault_of_that_row_alone() -> None:
    assert rows_of(b"a,b\n1,2,3\n4\n5,6\n") == [Row(2, [], "cells 3"), Row(3, [], "cells 1"), Row(4, ["5", "6"])]


def test_two_wrong_rows_that_add_up_are_still_wrong() -> None:
    """One comma too many and one too few: the piece as a whole has the right number."""
    assert [row.fault for row in rows_of(b"a,b\n1,2,3\n4\n")] == ["cells 3", "cells 1"]


def test_nul_is_a_fault_and_named_by_its_column() -> None:
    assert rows_of(b"a,b\n1,x\x00y\n3,4\n") == [Row(2, ["1", "x\ufffdy"], "nul 1"), Row(3, ["3", "4"])]


def test_quote_that_never_closes_spoils_its_own_row_only() -> None:
    data = b'a,b\n1,2\n3,"open\n5,6\n7,8\n'
    assert rows_of(data) == [Row(2, ["1", "2"]), Row(3, [], "quotes"), Row(4, ["5", "6"]), Row(5, ["7", "8"])]


def test_text_after_a_closing_quote_is_a_fault() -> None:
    assert rows_of(b'a,b\n"1"x,2\n3,4\n') == [Row(2, [], "quotes"), Row(3, ["3", "4"])]


def test_quote_in_the_middle_of_a_cell_is_text() -> None:
    assert rows_of(b'a,b\n5" pipe,2\n3,4\n') == [Row(2, ['5" pipe', "2"]), Row(3, ["3", "4"])]


def test_carriage_return_inside_a_cell_without_quotes_is_a_fault() -> None:
    assert rows_of(b"a,b\n1\r1,2\n3,4\n") == [Row(2, [], "quotes"), Row(3, ["3", "4"])]


def test_other_line_separators_of_unicode_are_text() -> None:
    assert rows_of("a,b\n1,x\u2028y\u0085z\n".encode()) == [Row(2, ["1", "x\u2028y\u0085z"])]


def test_latin_1_is_refused_with_the_line() -> None:
    with pytest.raises(FeedRefused, match=r"Line 3 is not UTF-8 \(byte 0xE9\)"):
        rows_of("a,b\n1,2\ncafé,4\n".encode("latin-1"))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_without_a_header_there_is_nothing(data: bytes) -> None:
    with pytest.raises(FeedRefused, match="header row is missing"):
        CsvReader(io.BytesIO(data))


def test_line_without_end_is_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_ROW", 1000)
    monkeypatch.setattr(reader, "READ_BYTES", 500)
    with pytest.raises(FeedRefused, match="Line 2 is longer"):
        rows_of(b"a,b\n" + b"x" * 5000)


def test_quote_that_opens_over_too_much_is_closed_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays flat: a row ends somewhere."""
    monkeypatch.setattr(reader, "LONGEST_ROW", 1000)
    lines = [f"{number},{'x' * 50}" for number in range(100)]
    read = rows_of(('a,b\n1,"open\n' + "\n".join(lines) + "\n").encode())
    assert read[0] == Row(2, [], "quotes")
    assert [row.cells[0] for row in read[1:]] == [str(number) for number in range(100)]


def test_plain_pieces_pass_as_they_are() -> None:
    data = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(10))
    pieces = list(CsvReader(io.BytesIO(data)).pieces())
    assert pieces == [Plain(2, data.removeprefix(b"a,b\n"), 10)]


@pytest.mark.parametrize(
    "data", [b'"1",2\n', b"1\r,2\n", b"1\0,2\n", b"1 ,2\n", b"1, 2\n", b" 1,2\n", b"1,2 \n", b"\t1,2\n", b"1,2\n 3,4\n"]
)
def test_what_copy_reads_in_another_way_is_not_plain(data: bytes) -> None:
    assert is_plain(b"1,2\n", 2)
    assert not is_plain(data, 2)


CELL = st.text(alphabet=st.sampled_from('a1é汉😀,"\n\r\t \0'), max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    table=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=12),
    read_bytes=st.sampled_from([1, 3, 7, 20, 1000]),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_is_read_again(table: list[list[str]], read_bytes: int, ends: str) -> None:
    """However the stream is cut. NULs become faults, blanks around are dropped, CRLF inside a cell becomes LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator=ends, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *table])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "READ_BYTES", read_bytes)
        read = rows_of(text.getvalue().encode())
    expected = [[cell.replace("\r\n", "\n").strip(" \t").replace("\0", "\ufffd") for cell in row] for row in table]
    assert [row.cells for row in read] == expected
    assert [bool(row.fault) for row in read] == [any("\0" in cell for cell in row) for row in table]


def test_kinds_of_files_by_content() -> None:
    assert content_of(b"client_no,") is Content.CSV
    assert content_of(gzip.compress(b"x", mtime=0)) is Content.GZIP
    assert content_of(b"PK\x03\x04....") is Content.XLSX


@pytest.mark.parametrize(
    ("head", "words"),
    [(b"", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"), ("a,b".encode("utf-16"), "UTF-16")],
)
def test_files_that_people_send_by_mistake(head: bytes, words: str) -> None:
    with pytest.raises(FeedRefused, match=words):
        content_of(head)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("assets.csv", gzip.compress(b"a,b\n", mtime=0)),
        ("assets.csv", b"PK\x03\x04"),
        ("assets.csv.gz", b"client_no,date"),
        ("assets.xlsx", b"client_no,date"),
        ("assets.pdf", b"client_no,date"),
        ("assets", b"client_no,date"),
    ],
)
def test_name_and_content_must_agree(name: str, head: bytes) -> None:
    with pytest.raises(FeedRefused):
        check_name(name, head)


@pytest.mark.parametrize("name", ["assets.csv", "ASSETS.CSV", "资产.csv"])
def test_names_that_agree(name: str) -> None:
    check_name(name, b"client_no,date")


@pytest.mark.parametrize("cut", [0.5, 0.99])
def test_broken_gzip_is_refused(tmp_path: Path, cut: float) -> None:
    packed = gzip.compress(b"a,b\n" + bytes(range(256)).hex().encode() * 100)
    path = tmp_path / "x.csv.gz"
    path.write_bytes(packed[: int(len(packed) * cut)])
    with pytest.raises(FeedRefused, match="damaged or cut off"), open_csv(path) as stream:
        stream.read()
