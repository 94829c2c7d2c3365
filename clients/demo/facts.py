"""Assets, trades, flows, alerts, contacts and suitability of the demo's clients, month by month, set-based."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from clients.demo import script
from clients.demo.firm import SPREAD
from clients.demo.market import symbols

OLDEST_ASSESSMENT_DAYS = 1_700  # longer than two assessments last, late ones included
FIRST_PERMISSIONS = dt.date(2000, 1, 1)  # before anybody opened an account


@dataclass(frozen=True)
class Pace:
    """How much happens. The demo's own pace is the default; `BULK` makes leaner clients for benches."""

    trader_share: float = 0.15  # of the clients that trade at all
    orders_at_least: int = 9  # a trader's orders a month: from this to this plus the spread
    orders_spread: int = 17
    investor_orders: float = 1.5  # an investor's mean
    split: float = 0.28  # share of orders filled in parts
    flows: float = 1.0  # ordinary transfers and dividends, times the demo's
    interest: float = 1.0  # share of clients whose interest is booked
    stories: float = 1.0  # large moves, times the demo's
    detail: bool = True  # a snapshot a change, daily for traders; else one at each month's end


DEMO = Pace()
BULK = Pace(
    trader_share=0.045,
    orders_at_least=8,
    orders_spread=6,
    investor_orders=0.6,
    split=0.12,
    flows=0.55,
    interest=0.15,
    stories=0.6,
    detail=False,
)


def months_of(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date, dt.date]]:
    """(first day of the month, first and last of the days from `first` to `last` in it), month by month."""
    day = first
    while day <= last:
        month = day.replace(day=1)
        following = (month + dt.timedelta(days=32)).replace(day=1)
        yield month, day, min(last, following - dt.timedelta(days=1))
        day = following


def know_clients(*, start: dt.date, size: int, pace: Pace) -> None:
    """Make `demo_client` from the clients of the firm that began with `size` clients on `start`."""
    script.run("habits", start=start, most=size * SPREAD, trader_share=pace.trader_share)


def make_month(*, month: dt.date, first: dt.date, last: dt.date, pace: Pace) -> None:
    """Make the ledger of the days `first` to `last`, all in `month` (its first day)."""
    script.run("days", month=month)
    script.run("stories", month=month, stories=pace.stories)
    script.run(
        "orders",
        month=month,
        orders_at_least=pace.orders_at_least,
        orders_spread=pace.orders_spread,
        investor_orders=pace.investor_orders,
        split=pace.split,
        base_prices=[s.base_price for s in symbols()],
    )
    script.run("flows", month=month, flows=pace.flows, interest=pace.interest)
    script.run("ledger", month=month, first=first, last=last)
    script.run("balances" if pace.detail else "balances_monthly", month=month, first=first, last=last)


def make_contacts(*, month: dt.date, first: dt.date, last: dt.date) -> None:
    """Make the alerts and service records of the days `first` to `last`; follows `make_month` for the same month."""
    script.run("contacts", month=month, first=first, last=last)


def make_suitability(*, first: dt.date | None, last: dt.date) -> None:
    """Make the assessments and permission requests dated from `first` to `last`.

    Without `first` those of the past: assessments that may still count, and every permission ever asked for.
    """
    script.run("assessments", first=first or last - dt.timedelta(days=OLDEST_ASSESSMENT_DAYS), last=last)
    script.run("permissions", first=first or FIRST_PERMISSIONS, last=last)
