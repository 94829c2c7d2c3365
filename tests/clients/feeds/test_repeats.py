"""A key that occurs twice in one file."""

from __future__ import annotations

import pytest

from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows

pytestmark = pytest.mark.usefixtures("clients")

ASSETS = "client_no,date,cash,securities\n"
TRADES = "trade_no,client_no,traded_at,side,amount\n"


def test_identical_rows_count_once(load: LoadFeed) -> None:
    text = ASSETS + "C1,2026-11-20,1,1\nC2,2026-11-20,2,2\nC1,2026-11-20,1,1\nC1,2026-11-20,1,1\n"
    assert figures(load("assets", text)) == {"rows": 4, "inserted": 2, "repeats": 2}
    assert figures(load("assets", text)) == {"rows": 4, "unchanged": 2, "repeats": 2}


def test_the_same_said_in_other_words_is_identical(load: LoadFeed) -> None:
    text = ASSETS + "C1,2026-11-20,1,1\nC1,2026-11-20T00:00:00,1.00,+1\n"
    assert figures(load("assets", text)) == {"rows": 2, "inserted": 1, "repeats": 1}


def test_different_content_rejects_all_rows_of_the_key(load: LoadFeed) -> None:
    text = TRADES + "T1,C1,2026-11-20,buy,1\nT2,C1,2026-11-20,buy,2\nT1,C1,2026-11-20,buy,3\nT1,C1,2026-11-20,buy,1\n"
    outcome = load("trades", text)
    assert figures(outcome) == {"rows": 4, "inserted": 1, "rejected": 3}
    words = "lines 2, 4, 5 have the same key and different content; none of them is taken"
    assert reasons(outcome) == dict.fromkeys((2, 4, 5), ("trade_no", words))
    assert rows("SELECT trade_no FROM clients_trade") == [("T2",)]


def test_contradiction_leaves_what_is_stored(load: LoadFeed) -> None:
    load("assets", ASSETS + "C1,2026-11-20,1,1\n")
    outcome = load("assets", ASSETS + "C1,2026-11-20,1,1\nC1,2026-11-20,2,2\n")
    assert figures(outcome) == {"rows": 2, "rejected": 2}
    assert rows("SELECT cash FROM clients_assetsnapshot") == [(1,)]


def test_a_wrong_row_contradicts_the_right_one_of_its_key(load: LoadFeed) -> None:
    """Which of them is meant nobody knows."""
    outcome = load("assets", ASSETS + "C1,2026-11-20,1,1\nC1,2026-11-20,x,1\n")
    assert figures(outcome) == {"rows": 2, "rejected": 2}
    assert "different content" in reasons(outcome)[2][1]
    assert "cash: “x” is not a number" in reasons(outcome)[3][1]


def test_wrong_rows_that_are_identical_are_all_listed(load: LoadFeed) -> None:
    outcome = load("trades", TRADES + "T1,C1,2026-11-20,buy,x\nT1,C1,2026-11-20,buy,x\n")
    assert figures(outcome) == {"rows": 2, "rejected": 2}
    assert [reason for _column, reason in reasons(outcome).values()] == [
        "“x” is not a number; expected is a number such as 1234.50"
    ] * 2


def test_a_fact_with_two_days_in_one_file_is_a_contradiction(load: LoadFeed) -> None:
    outcome = load("trades", TRADES + "T1,C1,2026-11-20,buy,1\nT1,C1,2026-11-21,buy,1\n")
    assert figures(outcome) == {"rows": 2, "rejected": 2}


def test_unknown_columns_are_no_content(load: LoadFeed) -> None:
    outcome = load("assets", ASSETS.strip() + ",remark\nC1,2026-11-20,1,1,a\nC1,2026-11-20,1,1,b\n")
    assert figures(outcome) == {"rows": 2, "inserted": 1, "repeats": 1}


def test_empty_keys_are_not_the_same_key(load: LoadFeed) -> None:
    outcome = load("trades", TRADES + ",C1,2026-11-20,buy,1\n,C1,2026-11-20,buy,2\n")
    assert {reason for _column, reason in reasons(outcome).values()} == {"is empty; a value is needed"}


def test_nul_in_one_of_two_rows_of_a_key(load: LoadFeed) -> None:
    outcome = load("trades", TRADES.strip() + ",symbol\nT1,C1,2026-11-20,buy,1,6\nT1,C1,2026-11-20,buy,1,6\0\n")
    assert figures(outcome) == {"rows": 2, "rejected": 2}
    assert "contains a NUL" in reasons(outcome)[3][1]


def test_many_lines_of_a_key_are_named_by_the_first_five(load: LoadFeed) -> None:
    outcome = load("assets", ASSETS + "".join(f"C1,2026-11-20,{n},1\n" for n in range(8)))
    assert reasons(outcome)[9] == (
        "client_no; date",
        "lines 2, 3, 4, 5, 6 have the same key and different content; none of them is taken",
    )
