"""What holds for every feed alike, against the table of the agreed format as it was written."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter

from clients.feeds.kinds import Code, Flag
from clients.feeds.spec import Feed, all_feeds, find
from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows, run_command, write_file
from tests.clients.feeds.samples import FILES
from tests.factories.people import person

pytestmark = pytest.mark.usefixtures("clients", "today")


class Agreed(NamedTuple):
    """A line of the table: required columns, the others, the key."""

    required: str
    optional: str
    key: str


TABLE = {
    "branches": Agreed("branch_code name", "region province city phone email", "branch_code"),
    "staff": Agreed("staff_no name role", "branch_code phone email active left_on", "staff_no"),
    "clients": Agreed(
        "client_no name branch_code opened_on",
        "kind gender birth_date id_type id_number phone email address contact_person status closed_on manager_no "
        "introducer_no investor_class",
        "client_no",
    ),
    "assets": Agreed("client_no date cash securities", "", "client_no date"),
    "trades": Agreed(
        "trade_no client_no traded_at side amount",
        "market symbol quantity commission channel order_no",
        "trade_no",
    ),
    "cashflows": Agreed("flow_no client_no occurred_at direction amount", "kind", "flow_no"),
    "alerts": Agreed("alert_no client_no raised_on source", "kind summary closed_on", "alert_no"),
    "risk_assessments": Agreed("client_no assessed_on", "level score valid_until", "client_no assessed_on"),
    "service_records": Agreed(
        "record_no occurred_at channel",
        "client_no direction staff_no duration_seconds wait_seconds topic summary outcome",
        "record_no",
    ),
    "permission_requests": Agreed("request_no client_no permission requested_on", "status", "request_no"),
    "complaints": Agreed(
        "complaint_no received_at channel",
        "branch_code client_no category subcategory summary transferred_at resolution on_time disputed",
        "complaint_no",
    ),
}
WORDS = {
    ("staff", "active"): "1 0",
    ("clients", "kind"): "individual institution",
    ("clients", "gender"): "male female",
    ("clients", "status"): "active suspended closed",
    ("clients", "investor_class"): "ordinary professional",
    ("trades", "side"): "buy sell",
    ("cashflows", "direction"): "in out",
    ("alerts", "source"): "exchange compliance system",
    ("risk_assessments", "level"): "C1-lowest C1 C2 C3 C4 C5 conservative steady aggressive",
    ("service_records", "channel"): "phone sms email visit online letter",
    ("service_records", "direction"): "inbound outbound",
    ("permission_requests", "permission"): "chinext star bse hk_connect margin",
    ("permission_requests", "status"): "requested opened refused closed",
    ("complaints", "channel"): "hotline email branch_phone branch_email walk_in letter fax website regulator callback",
    ("complaints", "on_time"): "yes no",
    ("complaints", "disputed"): "yes no",
}


def sample(feed: str) -> list[list[str]]:
    """The header and rows of a good file."""
    return list(csv.reader(io.StringIO("\n".join(FILES[feed]), newline="")))


def written(table: list[list[str]], *, ends: str = "\n", all_quoted: bool = False) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=ends, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL).writerows(table)
    return text.getvalue()


def declared(feed: str) -> Feed:
    found = find(feed)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def manager(clients: None) -> None:
    person("customer_manager", staff_no="S1")


def test_the_feeds_are_the_agreed_ones() -> None:
    assert [feed.name for feed in all_feeds()] == list(TABLE) == list(FILES)


@pytest.mark.parametrize("feed", TABLE)
def test_columns_and_key(feed: str) -> None:
    agreed, found = TABLE[feed], declared(feed)
    assert set(found.required) == set(agreed.required.split())
    assert {column.name for column in found.columns} == set((agreed.required + " " + agreed.optional).split())
    assert list(found.key) == agreed.key.split()


def test_words_of_columns_that_take_few() -> None:
    found = {}
    for feed in all_feeds():
        for column in feed.columns:
            kind = column.kind
            if isinstance(kind, Flag):
                found[feed.name, column.name] = {kind.yes, kind.no}
            elif isinstance(kind, Code) and column.name != "role":
                found[feed.name, column.name] = set(kind.codes)
    assert found == {column: set(words.split()) for column, words in WORDS.items()}


@pytest.mark.parametrize("feed", TABLE)
def test_a_file_is_the_same_however_it_is_written(load: LoadFeed, tmp_path: Path, feed: str) -> None:
    """Byte-order mark, Windows line ends, quotes, blanks, columns in another order, packed, as a workbook."""
    table = sample(feed)
    count = len(table) - 1
    assert figures(load(feed, written(table))) == {"rows": count, "inserted": count}
    turned = [list(reversed(row)) for row in table]
    others = [
        written(table).encode("utf-8-sig"),
        written(table, ends="\r\n").encode(),
        written(table, all_quoted=True).encode(),
        written([[f" {cell} " for cell in row] for row in table]).encode(),
        ("\n\n" + written(table, ends="\n\n")).encode(),
        written(turned).rstrip("\n").encode(),
        gzip.compress(written(table).encode()),
    ]
    for other in others:
        assert figures(load(feed, other)) == {"rows": count, "unchanged": count}
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book, {"strings_to_formulas": False}) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    assert figures(load(feed, book.read_bytes(), ending=".xlsx")) == {"rows": count, "unchanged": count}


@pytest.mark.parametrize("feed", TABLE)
def test_the_same_file_twice_writes_nothing(load: LoadFeed, feed: str) -> None:
    load(feed, written(sample(feed)))
    versions = f"SELECT ctid, xmin FROM {declared(feed).table} ORDER BY 1"
    before = rows(versions)
    load(feed, written(sample(feed)))
    assert rows(versions) == before


@pytest.mark.parametrize(
    ("feed", "column"), [(feed, column) for feed in TABLE for column in TABLE[feed].required.split()]
)
def test_required_columns(load: LoadFeed, tmp_path: Path, feed: str, column: str) -> None:
    """Without the column nothing is taken; with an empty cell that row is not."""
    table = sample(feed)
    place = table[0].index(column)
    run = run_command(feed, write_file(tmp_path, feed, written([row[:place] + row[place + 1 :] for row in table])))
    assert (run.code, run.summary["rows"]) == (1, 0)
    assert f"A required column is missing: {column}." in run.error
    table[1][place] = ""
    outcome = load(feed, written(table))
    assert figures(outcome) == {"rows": len(table) - 1, "inserted": len(table) - 2, "rejected": 1}
    assert column in reasons(outcome)[2][0]


@pytest.mark.parametrize("feed", [feed for feed in TABLE if TABLE[feed].optional])
def test_optional_columns_and_cells(load: LoadFeed, feed: str) -> None:
    """Each may be empty and each may be absent, on its own; what an absent one said before is kept."""
    table = sample(feed)
    header, full = table[0], table[1]
    assert all(full) or feed in ("staff", "clients", "risk_assessments")
    for column in TABLE[feed].optional.split():
        if feed == "risk_assessments" and column == "level":
            continue  # it or the score must be there
        place = header.index(column)
        load(feed, written([header, full]))
        kept = figures(load(feed, written([header[:place] + header[place + 1 :], full[:place] + full[place + 1 :]])))
        assert kept == {"rows": 1, "unchanged": 1}, column
        cleared = load(feed, written([header, [*full[:place], "", *full[place + 1 :]]]))
        assert cleared.rejected == 0, column


@pytest.mark.parametrize(("feed", "column"), WORDS)
def test_every_agreed_word_is_taken(load: LoadFeed, feed: str, column: str) -> None:
    header, full = sample(feed)[:2]
    place = header.index(column)
    for word in WORDS[feed, column].split():
        outcome = load(feed, written([header, [*full[:place], word, *full[place + 1 :]]]))
        assert (outcome.rows, outcome.rejected) == (1, 0), word
        other = load(feed, written([header, [*full[:place], word.swapcase(), *full[place + 1 :]]]))
        assert other.rejected == (word != word.swapcase()), word
