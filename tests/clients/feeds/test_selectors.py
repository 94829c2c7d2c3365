from __future__ import annotations

import datetime as dt

import pytest

from clients.feeds.selectors import day_is_complete
from clients.feeds.services import FeedRefused
from tests.clients.feeds.loading import LoadFeed

pytestmark = pytest.mark.usefixtures("clients")

DAY = dt.date(2026, 11, 20)
ASSETS = "client_no,date,cash,securities\nC1,2026-11-20,1,2\n"
TRADES = "trade_no,client_no,traded_at,side,amount\n"
FLOWS = "flow_no,client_no,occurred_at,direction,amount\n"


def test_day_is_complete_when_all_three_are_in(load: LoadFeed) -> None:
    assert day_is_complete(DAY) == ["assets", "trades", "cashflows"]
    load("assets", ASSETS, business_date=DAY, rows_stated=1)
    load("cashflows", FLOWS, business_date=DAY)
    assert day_is_complete(DAY) == ["trades"]
    load("trades", TRADES, business_date=DAY, rows_stated=0)
    assert day_is_complete(DAY) == []
    assert day_is_complete(DAY - dt.timedelta(days=1)) == ["assets", "trades", "cashflows"]


def test_file_without_business_date_completes_nothing(load: LoadFeed) -> None:
    load("assets", ASSETS)
    assert "assets" in day_is_complete(DAY)


def test_stale_file_does_not_complete_today(load: LoadFeed) -> None:
    load("assets", ASSETS, business_date=DAY - dt.timedelta(days=1))
    assert "assets" in day_is_complete(DAY)


def test_wrong_control_total_does_not_complete_the_day(load: LoadFeed) -> None:
    with pytest.raises(FeedRefused):
        load("assets", ASSETS, business_date=DAY, rows_stated=2)
    assert "assets" in day_is_complete(DAY)


def test_rejected_rows_leave_the_day_open_until_they_are_corrected(load: LoadFeed) -> None:
    load("assets", ASSETS + "C9,2026-11-20,1,2\n", business_date=DAY)
    assert "assets" in day_is_complete(DAY)
    load("assets", ASSETS.replace("C1", "C2"), business_date=DAY)
    assert "assets" not in day_is_complete(DAY)


def test_dry_run_completes_nothing(load: LoadFeed) -> None:
    load("assets", ASSETS, business_date=DAY, dry_run=True)
    assert "assets" in day_is_complete(DAY)
