"""Files as no sender would make them: whatever lies in a file, the command says what became of it, and it is true.

Valid files are cut, bent and spliced, packed files and workbooks too; and some are no files of ours at all.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.feeds.models import FeedBatch
from clients.feeds.spec import find
from tests.clients.feeds.loading import Run, rows, run_command
from tests.clients.feeds.samples import FILES
from tests.factories.people import person

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("clients", "today")]

# What a cell may become: the edges of numbers, days, texts and CSV itself.
SCRAPS = [
    b"", b",", b"\n", b"\r\n", b"\r", b'"', b'""', b"\0", b"\t", b" ", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80",
    b"\\.", b"NULL", b"-0", b"-1", b"1e9", b"NaN", b"Infinity", b"0.001", b"9" * 30, b"+.5", b".", b"1,234.50", b"0x1F",
    b"0000-00-00", b"0001-01-01", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00", b"2026-02-30",
    b"2026-11-23", b"2026-11-24", b"2026-11-20T24:00:00", b"2026-11-20T23:59:59.999999+15:59", b"1900-01-01",
    b"C1", b"C2", b"C404", b"B1", b"S1", b"=1+1", b"@SUM(1)", "\u22125 \U0001f600".encode(), b"x" * 201,
    b"%s %(x)s {}", b"'; DROP TABLE x--",
]  # fmt: skip


def bent(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """`data` with pieces exchanged: each cut says where, how many bytes go, and what comes in their place."""
    for place, length, scrap in cuts:
        start = place % (len(data) + 1)
        data = data[:start] + scrap + data[start + length :]
    return data


CUTS = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.integers(0, 3) | st.integers(0, 200),
        st.sampled_from(SCRAPS) | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=6,
)
CELLS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 20), st.sampled_from(SCRAPS).filter(lambda scrap: b"\n" not in scrap)),
    min_size=1,
    max_size=4,
)


def with_cells(feed: str, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The feed's file with whole cells exchanged, so that it stays one that can be read; lines may come twice."""
    table = [line.encode().split(b",") for line in FILES[feed]]
    for line, column, scrap in changes:
        row = table[line % len(table)]
        if row is table[-1]:
            table.append(list(row))
        row[column % len(row)] = scrap
    return b"\n".join(b",".join(row) for row in table)


def read_errors(path: str) -> list[list[str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def counted(feed: str) -> int:
    """How many rows the feed's table has; branches bring regions along, which are units of another kind."""
    spec = find(feed)
    assert spec is not None
    only = "WHERE kind = 'branch'" if feed == "branches" else ""
    return int(rows(f'SELECT count(*) FROM "{spec.table}" {only}')[0][0])


def check(feed: str, data: bytes, ending: str = ".csv") -> Run:
    """Load `data` and look whether what the command says is so; nothing of it stays."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / f"{feed}{ending}"
        path.write_bytes(data)
        before = counted(feed)
        run = run_command(feed, path)
        told = run.summary
        batch = FeedBatch.objects.latest("pk")
        assert run.code in (0, 1, 3)
        if run.code == 1:
            assert run.error
            assert (batch.state, batch.message) == ("failed", run.error)
            assert told["rows"] == told["inserted"] == told["updated"] == 0
        else:
            assert batch.state == ("partly" if run.code == 3 else "done")
            assert (run.code == 3) == bool(told["rejected"])
            taken = told["inserted"] + told["updated"] + told["unchanged"] + batch.repeats
            assert told["rows"] == taken + told["rejected"]
            errors = read_errors(told["errors_file"]) if told["rejected"] else []
            assert len(errors) == told["rejected"]
            assert all(reason and not column.startswith(("=", "+", "-", "@")) for _line, column, reason in errors)
        assert counted(feed) - before == told["inserted"], "nothing is half-loaded"
        transaction.set_rollback(True)
    return run


@pytest.fixture(autouse=True)
def staff(clients: None) -> None:
    person("customer_manager", staff_no="S1")


def thorough(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.mark.parametrize("feed", FILES)
def test_the_files_are_good_before_they_are_bent(feed: str) -> None:
    assert check(feed, "\n".join(FILES[feed]).encode()).code == 0


@pytest.mark.parametrize("feed", FILES)
@thorough(250)
@given(cuts=CUTS)
def test_bent_files(feed: str, cuts: list[tuple[int, int, bytes]]) -> None:
    check(feed, bent("\n".join(FILES[feed]).encode(), cuts))


@pytest.mark.parametrize("feed", FILES)
@thorough(250)
@given(changes=CELLS)
def test_strange_cells(feed: str, changes: list[tuple[int, int, bytes]]) -> None:
    check(feed, with_cells(feed, changes))


@pytest.mark.parametrize("feed", FILES)
@thorough(100)
@given(changes=CELLS, columns=st.sets(st.integers(0, 20)), order=st.randoms(use_true_random=False))
def test_any_columns_in_any_order(
    feed: str, changes: list[tuple[int, int, bytes]], columns: set[int], order: object
) -> None:
    table = list(csv.reader(io.StringIO(with_cells(feed, changes).decode(errors="replace"), newline="")))
    kept = [column for column in range(len(FILES[feed][0].split(","))) if column not in columns]
    order.shuffle(kept)  # type: ignore[attr-defined]
    text = io.StringIO()
    csv.writer(text).writerows([row[column] if column < len(row) else "" for column in kept] for row in table)
    check(feed, text.getvalue().encode())


@thorough(300)
@given(data=st.binary(max_size=400))
def test_bytes_of_any_kind(data: bytes) -> None:
    check("assets", data)


@thorough(300)
@given(cuts=CUTS)
def test_bent_packed_files(cuts: list[tuple[int, int, bytes]]) -> None:
    check("trades", bent(gzip.compress("\n".join(FILES["trades"]).encode(), mtime=0), cuts), ".csv.gz")


@thorough(300)
@given(cuts=CUTS)
def test_bent_workbooks(cuts: list[tuple[int, int, bytes]]) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(FILES["assets"]):
            sheet.write_row(number, 0, line.split(","))
    check("assets", bent(stream.getvalue(), cuts), ".xlsx")
