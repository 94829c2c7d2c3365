"""Assets, trades and cash flows: partitioned facts with natural keys."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows

pytestmark = pytest.mark.usefixtures("clients")

ASSETS = "client_no,date,cash,securities\n"
TRADES = "trade_no,client_no,traded_at,side,amount\n"
FULL_TRADES = (
    "trade_no,client_no,traded_at,market,symbol,side,quantity,amount,commission,channel,order_no\n"
    "T1,C1,2026-11-20T10:15:30,SH,600000,buy,100,1234.50,5.00,app,O1\n"
)
FLOWS = "flow_no,client_no,occurred_at,direction,amount,kind\n"


def trades(columns: str = "trade_no, day, amount") -> list[tuple[object, ...]]:
    return rows(f"SELECT {columns} FROM clients_trade ORDER BY trade_no, day")


def test_assets_may_be_negative(load: LoadFeed) -> None:
    assert figures(load("assets", ASSETS + "C1,2026-11-20,-20.50,100\n")) == {"rows": 1, "inserted": 1}
    assert rows("SELECT cash, securities FROM clients_assetsnapshot") == [(Decimal("-20.50"), Decimal("100.00"))]


def test_snapshots_go_to_the_months_that_need_them(load: LoadFeed) -> None:
    """Far apart as they are, no months between them are made."""
    before = rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'clients_assetsnapshot'::regclass")[0][0]
    load("assets", ASSETS + "C1,1993-01-01,1,1\nC1,2026-11-20,2,2\n")
    after = rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'clients_assetsnapshot'::regclass")[0][0]
    assert after - before == 2
    assert rows("SELECT tableoid::regclass::text FROM clients_assetsnapshot ORDER BY day") == [
        ("clients_assetsnapshot_199301",),
        ("clients_assetsnapshot_202611",),
    ]


def test_new_facts_go_in_as_their_index_is_sorted(load: LoadFeed) -> None:
    """Whatever the order in the file: rows as they lie in the table."""
    load("assets", ASSETS + "C2,2026-11-20,1,1\nC1,2026-11-20,1,1\nC2,2026-11-19,1,1\nC1,2026-11-19,1,1\n")
    laid = rows("SELECT client_id, day FROM clients_assetsnapshot ORDER BY ctid")
    assert len(laid) == 4
    assert laid == sorted(laid)


def test_later_file_corrects_a_snapshot(load: LoadFeed) -> None:
    load("assets", ASSETS + "C1,2026-11-20,1,1\nC2,2026-11-20,2,2\n")
    assert figures(load("assets", ASSETS + "C1,2026-11-20,9,1\nC2,2026-11-20,2.00,2\nC3,2026-11-20,3,3\n")) == {
        "rows": 3,
        "inserted": 1,
        "updated": 1,
        "unchanged": 1,
    }
    assert rows("SELECT cash FROM clients_assetsnapshot ORDER BY client_id") == [(9,), (2,), (3,)]


def test_same_file_twice_writes_nothing(load: LoadFeed) -> None:
    text = ASSETS + "".join(f"C{n},2026-11-{day:02d},{n}.5,7\n" for n in range(1, 6) for day in range(1, 21))
    load("assets", text)
    written = rows("SELECT ctid, xmin FROM clients_assetsnapshot ORDER BY client_id, day")
    assert figures(load("assets", text)) == {"rows": 100, "unchanged": 100}
    assert rows("SELECT ctid, xmin FROM clients_assetsnapshot ORDER BY client_id, day") == written


def test_nothing_is_deleted(load: LoadFeed) -> None:
    load("assets", ASSETS + "C1,2026-11-20,1,1\nC2,2026-11-20,2,2\n")
    load("assets", ASSETS + "C1,2026-11-20,1,1\n")
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(2,)]


def test_trade_with_everything(load: LoadFeed) -> None:
    load("trades", FULL_TRADES)
    assert trades("day, traded_at, market, symbol, side, quantity, amount, commission, channel, order_no") == [
        (
            dt.date(2026, 11, 20),
            dt.datetime(2026, 11, 20, 2, 15, 30, tzinfo=dt.UTC),
            "SH",
            "600000",
            "buy",
            100,
            Decimal("1234.50"),
            5,
            "app",
            "O1",
        )
    ]
    assert figures(load("trades", FULL_TRADES)) == {"rows": 1, "unchanged": 1}


def test_trade_with_required_columns_only(load: LoadFeed) -> None:
    load("trades", TRADES + "T1,C1,2026-11-20,sell,5\n")
    assert trades("market, symbol, quantity, commission, channel, order_no") == [("", "", None, 0, "", "")]


def test_day_of_a_trade_is_its_day_in_shanghai(load: LoadFeed) -> None:
    load("trades", TRADES + "T1,C1,2026-11-20T16:30:00Z,buy,5\n")
    assert trades("day") == [(dt.date(2026, 11, 21),)]


def test_fact_that_comes_again_with_another_day_moves(load: LoadFeed) -> None:
    """Across months, so across partitions; it is not doubled."""
    load("trades", TRADES + "T1,C1,2026-10-31,buy,5\nT2,C2,2026-10-31,buy,6\n")
    assert figures(load("trades", TRADES + "T1,C1,2026-11-02,buy,5\n")) == {"rows": 1, "updated": 1}
    assert trades() == [("T1", dt.date(2026, 11, 2), 5), ("T2", dt.date(2026, 10, 31), 6)]


def test_cash_flow_moves_too(load: LoadFeed) -> None:
    load("cashflows", FLOWS + "F1,C1,2026-10-31,in,5.00,deposit\n")
    load("cashflows", FLOWS + "F1,C1,2026-11-01T08:00:00,out,5.00,\n")
    assert rows("SELECT flow_no, day, direction, kind FROM clients_cashflow") == [
        ("F1", dt.date(2026, 11, 1), "out", "")
    ]


def test_fact_may_come_again_for_another_client(load: LoadFeed) -> None:
    load("trades", TRADES + "T1,C1,2026-11-20,buy,5\n")
    assert figures(load("trades", TRADES + "T1,C2,2026-11-20,buy,5\n")) == {"rows": 1, "updated": 1}
    assert rows("SELECT client_no FROM clients_trade JOIN clients_client ON id = client_id") == [("C2",)]


def test_absent_column_keeps_and_empty_cell_clears(load: LoadFeed) -> None:
    load("trades", FULL_TRADES)
    load("trades", TRADES + "T1,C1,2026-11-20T10:15:30,buy,99\n")
    assert trades("amount, symbol, quantity, commission, order_no") == [(99, "600000", 100, 5, "O1")]
    load("trades", TRADES.strip() + ",symbol,quantity,commission\nT1,C1,2026-11-20T10:15:30,buy,99,,,\n")
    assert trades("symbol, quantity, commission, order_no") == [("", None, 0, "O1")]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("T1,C9,2026-11-20,buy,5,,", "client_no", "no client has the number “C9”"),
        ("T1,,2026-11-20,buy,5,,", "client_no", "is empty; a value is needed"),
        (",C1,2026-11-20,buy,5,,", "trade_no", "is empty"),
        ("T1,C1,20.11.2026,buy,5,,", "traded_at", "“20.11.2026” is not a time"),
        ("T1,C1,2026-11-24,buy,5,,", "traded_at", "is after tomorrow"),
        ("T1,C1,2026-11-20,Buy,5,,", "side", "“Buy” is not known; expected is one of: buy, sell"),
        ("T1,C1,2026-11-20,buy,-5,,", "amount", "“-5” is negative"),
        ("T1,C1,2026-11-20,buy,5.001,,", "amount", "more than 2 decimals"),
        ("T1,C1,2026-11-20,buy,5,-1,", "quantity", "“-1” is negative"),
        ("T1,C1,2026-11-20,buy,5,,-0.01", "commission", "“-0.01” is negative"),
        ("T1,C1,2026-11-20,buy,123456789012345678901234567890,,", "amount", "too large"),
        (f"{'T' * 65},C1,2026-11-20,buy,5,,", "trade_no", "has 65 characters; at most 64 are expected"),
    ],
)
def test_bad_rows_and_their_reasons(load: LoadFeed, row: str, column: str, words: str) -> None:
    text = TRADES.strip() + f",quantity,commission\n{row}\nT2,C2,2026-11-20,buy,7,1,0.5\n"
    outcome = load("trades", text)
    assert figures(outcome) == {"rows": 2, "inserted": 1, "rejected": 1}
    found, reason = reasons(outcome)[2]
    assert found == column
    assert words in reason
    assert trades("trade_no") == [("T2",)]


def test_several_faults_of_a_row_are_told_together(load: LoadFeed) -> None:
    outcome = load("trades", TRADES + "T1,C9,2026-11-20,hold,x\n")
    column, reason = reasons(outcome)[2]
    assert column == "client_no; side; amount"
    assert reason == (
        "client_no: no client has the number “C9”; side: “hold” is not known; expected is one of: buy, sell; "
        "amount: “x” is not a number; expected is a number such as 1234.50"
    )


def test_quantity_keeps_its_decimals(load: LoadFeed) -> None:
    load("trades", TRADES.strip() + ",quantity\nT1,C1,2026-11-20,buy,5,0.12345678\n")
    assert trades("quantity") == [(Decimal("0.1234567800"),)]


def test_trades_of_a_day_that_has_a_few_already(load: LoadFeed) -> None:
    load("trades", TRADES + "".join(f"T{n},C1,2026-11-20,buy,{n}\n" for n in range(50)))
    outcome = load("trades", TRADES + "".join(f"T{n},C1,2026-11-20,buy,{max(n, 10)}\n" for n in range(100)))
    assert figures(outcome) == {"rows": 100, "inserted": 50, "updated": 10, "unchanged": 40}
