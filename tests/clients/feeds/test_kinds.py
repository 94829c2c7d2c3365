"""What SQL makes of a cell, and what is said where it makes nothing of it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.feeds.kinds import Code, Flag, Kind, Moment, Number, Text, Whole, quoted
from tests.clients.feeds.loading import LoadFeed, reasons, rows

MONEY = Number(before=16, after=2)
SIGNED = Number(before=16, after=2, negative=True)
TOMORROW = dt.date(2026, 11, 23)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))

pytestmark = pytest.mark.django_db


def value(kind: Kind, cell: str) -> Any:
    """The typed value of one cell; None where it is wrong, as it is for a required column."""
    staged = "(SELECT %s::text AS x OFFSET 0) AS staged"  # OFFSET 0: nothing is worked out before the query runs
    broken = kind.broken("cell.x").replace("%(tomorrow)s", f"'{TOMORROW}'::date") or "false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT x, {broken} FROM (SELECT {kind.value('staged.x', 'x')} AS x FROM {staged} OFFSET 0) AS cell",
            [cell],
        )
        typed, wrong = cursor.fetchone()
    return None if wrong else typed


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0", "0.00"),
        ("1", "1.00"),
        ("1.5", "1.50"),
        ("1.50", "1.50"),
        ("1.", "1.00"),
        (".5", "0.50"),
        ("+7.25", "7.25"),
        ("007.10", "7.10"),
        ("-0.00", "0.00"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("00000000000000000000000000001.00", "1.00"),
    ],
)
def test_amounts(cell: str, number: str) -> None:
    assert value(MONEY, cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("abc", "“abc” is not a number; expected is a number such as 1234.50"),
        (".", "not a number"),
        ("-", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1e3", "not a number"),
        ("0x1F", "not a number"),
        ("1_000.00", "not a number"),
        ("1 000.00", "not a number"),
        ("12,50", "not a number"),
        ("1,234.50", "“1,234.50” has thousands separators"),
        ("¥12.00", "not a number"),
        ("１２.００", "not a number"),
        ("1.005", "“1.005” has more than 2 decimals"),
        ("1.100", "“1.100” has more than 2 decimals"),
        ("10000000000000000.00", "too large: at most 16 digits"),
        ("123456789012345678901234567890", "too large: at most 16 digits"),
        ("-5.00", "“-5.00” is negative; expected is 0 or more"),
    ],
)
def test_what_is_no_amount(cell: str, words: str) -> None:
    assert value(MONEY, cell) is None
    assert words in MONEY.explain(cell, TOMORROW)


def test_cash_and_securities_may_be_negative() -> None:
    assert value(SIGNED, "-115.20") == Decimal("-115.20")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789+-.eE_ xN", max_size=24) | st.decimals(places=3, allow_nan=False).map(str))
def test_amounts_agree_with_plain_python(cell: str) -> None:
    shape = re.fullmatch(r"[+-]?(\d*)(\.\d{0,2})?", cell)
    well_formed = bool(shape and re.search(r"\d", cell) and len(shape[1].lstrip("0")) <= 16)
    assert value(SIGNED, cell) == (Decimal(cell) if well_formed else None)


def test_score_has_bounds() -> None:
    score = Number(before=4, after=2, highest=100)
    assert value(score, "100") == 100
    assert value(score, "100.01") is None
    assert "from 0 to 100" in score.explain("100.01", TOMORROW)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-22", dt.datetime(2026, 11, 22, tzinfo=SHANGHAI)),
        ("2026-11-22T09:30:00", dt.datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)),
        ("2026-11-22 09:30:00", dt.datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)),
        ("2026-11-22T09:30", dt.datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)),
        ("2026-11-22T09:30:00.250", dt.datetime(2026, 11, 22, 9, 30, 0, 250_000, tzinfo=SHANGHAI)),
        ("2026-11-22T09:30:00Z", dt.datetime(2026, 11, 22, 17, 30, tzinfo=SHANGHAI)),
        ("2026-11-21T23:30:00-05:00", dt.datetime(2026, 11, 22, 12, 30, tzinfo=SHANGHAI)),
        ("2026-11-22T09:30:00+0800", dt.datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)),
        ("1988-07-01T12:00:00", dt.datetime(1988, 7, 1, 3, 0, tzinfo=dt.UTC)),  # China's summer time
    ],
)
def test_times(cell: str, moment: dt.datetime) -> None:
    assert value(Moment(fact=True), cell) == moment


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("22.11.2026", "“22.11.2026” is not a time"),
        ("now", "not a time"),
        ("20261122", "not a time"),
        ("2026-11-22T25:00:00", "not a time"),
        ("2026-11-22T09:60:00", "not a time"),
        ("2026-11-22T09:30:00 Europe/Berlin", "not a time"),
        ("2026-02-30", "“2026-02-30” does not exist in the calendar"),
        ("2026-11-24", "“2026-11-24” is after tomorrow (2026-11-23)"),
        ("2026-11-23T20:00:00Z", "after tomorrow"),
        ("0202-11-22", "“0202-11-22” is before 1900-01-01"),
    ],
)
def test_what_is_no_time(cell: str, words: str) -> None:
    assert value(Moment(fact=True), cell) is None
    assert words in Moment(fact=True).explain(cell, TOMORROW)


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        ("0002-01-01T00:00:00+14:00", True),
        ("9999-12-30T23:59:59-15:59", True),
        ("9999-12-31", True),
        ("0001-01-01", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:59:59-12:00", False),
        ("0000-01-01", False),
    ],
)
def test_times_that_no_calendar_has(cell: str, taken: bool) -> None:
    """What is no fact may lie far away, but never where Python has no years: reading it would break pages."""
    assert (value(Moment(), cell) is not None) is taken
    assert "after tomorrow" not in Moment().explain(cell, TOMORROW)


@pytest.mark.parametrize("cell", ["9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00", "0000-12-31"])
@pytest.mark.usefixtures("clients")
def test_one_day_that_no_calendar_has_stops_no_other_row(load: LoadFeed, cell: str) -> None:
    header = "client_no,name,branch_code,opened_on,birth_date\n"
    outcome = load("clients", header + f"N1,x,B1,2020-01-01,{cell}\nN2,x,B1,2020-01-01,0001-01-01\n")
    assert list(reasons(outcome)) == [2]
    assert reasons(outcome)[2][0] == "birth_date"
    assert rows("SELECT client_no, birth_date FROM clients_client WHERE client_no LIKE 'N%%'") == [
        ("N2", dt.date(1, 1, 1))
    ]


def test_tomorrow_is_not_after_tomorrow() -> None:
    assert value(Moment(fact=True), "2026-11-23T23:59:59") is not None


@pytest.mark.parametrize(("cell", "number"), [("0", 0), ("166", 166), ("+5", 5), ("2147483647", 2147483647)])
def test_whole_numbers(cell: str, number: int) -> None:
    assert value(Whole(), cell) == number


@pytest.mark.parametrize("cell", ["-1", "1.5", "1.0", "2147483648", "x", "1e3"])
def test_what_is_no_whole_number(cell: str) -> None:
    assert value(Whole(), cell) is None
    assert quoted(cell) in Whole().explain(cell, TOMORROW)


def test_codes_and_the_words_that_stand_for_them() -> None:
    kind = Code({"C1": "C1", "C3": "C3", "steady": "C3"})
    assert [value(kind, cell) for cell in ("C1", "steady", "C2", "c1", "")] == ["C1", "C3", None, None, None]
    assert kind.explain("C2", TOMORROW) == "“C2” is not known; expected is one of: C1, C3, steady"


def test_flags() -> None:
    kind = Flag("yes", "no")
    assert [value(kind, cell) for cell in ("yes", "no", "true")] == [True, False, None]
    assert kind.explain("true", TOMORROW) == "“true” is not known; expected is yes or no"


def test_text_is_counted_in_characters() -> None:
    kind = Text(3)
    assert value(kind, "张三丰") == "张三丰"
    assert value(kind, "😀😀😀😀") is None
    assert kind.explain("😀😀😀😀", TOMORROW) == "“😀😀😀😀” has 4 characters; at most 3 are expected"
    assert Text(3, shown=False).explain("secret", TOMORROW) == "has 6 characters; at most 3 are expected"


def test_long_cells_are_cut_where_they_are_quoted() -> None:
    assert quoted("x" * 100) == f"“{'x' * 40}…”"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-21", dt.date(2026, 11, 21)),
        ("2026-11-21T23:59:59", dt.date(2026, 11, 21)),
        ("2026-11-20T17:00:00Z", dt.date(2026, 11, 21)),
        ("2024-02-29", dt.date(2024, 2, 29)),
    ],
)
@pytest.mark.usefixtures("clients")
def test_days_are_shanghai_days(load: LoadFeed, cell: str, day: dt.date) -> None:
    load("assets", f"client_no,date,cash,securities\nC1,{cell},1,1\n")
    assert rows("SELECT day FROM clients_assetsnapshot") == [(day,)]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2026-02-29", "“2026-02-29” does not exist in the calendar"),
        ("22/11/2026", "“22/11/2026” is not a date; expected is a date such as 2026-11-22"),
        ("yesterday", "is not a date"),
        ("infinity", "is not a date"),
        ("2026-11-24", "is after tomorrow (2026-11-23)"),
        ("", "is empty; a value is needed"),
    ],
)
@pytest.mark.usefixtures("clients")
def test_what_is_no_day(load: LoadFeed, cell: str, words: str) -> None:
    column, reason = reasons(load("assets", f"client_no,date,cash,securities\nC1,{cell},1,1\n"))[2]
    assert column == "date"
    assert words in reason
