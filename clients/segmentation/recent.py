"""One client's last days as movements see them: what explains that a client does *not* match.

Runs keep the movements that matched; what stayed below the thresholds is looked up when somebody asks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Coalesce

from clients.ledger.choices import Direction
from clients.ledger.models import AssetSnapshot, CashFlow, Trade
from clients.segmentation.rules import Movement

# Not the client's own moves (segments.md); sql/movements.py says the same to PostgreSQL.
NOT_OWN = ("interest", "dividend", "fee", "tax", "internal")
ZERO = Decimal(0)


@dataclass(frozen=True)
class LargestFlow:
    """The day with the largest net flow; `net` is negative for an outflow, `before` the assets of the day before."""

    day: dt.date
    net: Decimal
    before: Decimal


@dataclass(frozen=True)
class BusiestDay:
    """The day with the most trades; on `days_before` days of the baseline there were `trades_before` trades."""

    day: dt.date
    trades: int
    days_before: int
    trades_before: int


def largest_flow(client_id: int, as_of: dt.date, rule: Movement) -> LargestFlow | None:
    """The largest net flow of the days (D − days, D], D = `as_of`; None without any."""
    signed = Case(When(direction=Direction.IN, then=F("amount")), default=-F("amount"))
    found = (
        CashFlow.objects.filter(client_id=client_id, **_last_days(as_of, rule.days))
        .exclude(kind__in=NOT_OWN)
        .values("day")
        .annotate(net=Sum(signed))
        .values_list("day", "net")
    )
    largest = max(found, key=lambda row: (abs(row[1]), row[0]), default=None)
    if largest is None:
        return None
    held = AssetSnapshot.objects.filter(client_id=client_id, day__lt=largest[0]).order_by("-day")
    before = held.annotate(total=F("cash") + F("securities")).values_list("total", flat=True).first()
    return LargestFlow(largest[0], largest[1], before or ZERO)


def busiest_day(client_id: int, as_of: dt.date, rule: Movement) -> BusiestDay | None:
    """The day with the most trades of (D − days, D], with its baseline; None without any trade."""
    counted = (
        Trade.objects.filter(client_id=client_id, **_last_days(as_of, rule.days + rule.trades_baseline_days))
        .values("day")
        .annotate(
            orders=Coalesce(Count("order_no", distinct=True, filter=~Q(order_no="")), 0),
            single=Count("trade_no", filter=Q(order_no="")),
        )
    )
    trades = {row["day"]: row["orders"] + row["single"] for row in counted}
    first = as_of - dt.timedelta(days=rule.days - 1)
    busiest = max((day for day in trades if day >= first), key=lambda day: (trades[day], day), default=None)
    if busiest is None:
        return None
    since = busiest - dt.timedelta(days=rule.trades_baseline_days)
    before = [number for day, number in trades.items() if since <= day < busiest]
    return BusiestDay(busiest, trades[busiest], len(before), sum(before))


def _last_days(as_of: dt.date, days: int) -> dict[str, dt.date]:
    return {"day__gt": as_of - dt.timedelta(days=days), "day__lte": as_of}
