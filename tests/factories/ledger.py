"""Assets, trades, cash flows and alerts. The monthly partition that a fact needs is made with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.db import connection
from factory.django import DjangoModelFactory

from clients.ledger.models import Alert, AssetSnapshot, CashFlow, Trade
from tests.factories.clients import ClientFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")


def ensure_month(table: str, day: dt.date) -> None:
    """Make the partition of `table` that holds `day`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clients_ensure_months(%s, %s, %s)", [table, day, day])


def at_ten(day: dt.date) -> dt.datetime:
    """Ten in the morning of `day` in Shanghai."""
    return dt.datetime.combine(day, dt.time(10), SHANGHAI)


class FactFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        abstract = True

    client = factory.SubFactory(ClientFactory)
    day = dt.date(2026, 1, 5)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        ensure_month(model_class._meta.db_table, kwargs["day"])
        return super()._create(model_class, *args, **kwargs)


class AssetSnapshotFactory(FactFactory):
    class Meta:
        model = AssetSnapshot

    cash = Decimal("0.00")
    securities = Decimal("0.00")


class TradeFactory(FactFactory):
    class Meta:
        model = Trade

    trade_no = factory.Sequence(lambda n: f"T{n:08d}")
    traded_at = factory.LazyAttribute(lambda made: at_ten(made.day))
    market = "SSE"
    symbol = "600000"
    side = "buy"
    quantity = Decimal(100)
    amount = Decimal("1000.00")
    commission = Decimal("5.00")
    order_no = ""


class CashFlowFactory(FactFactory):
    class Meta:
        model = CashFlow

    flow_no = factory.Sequence(lambda n: f"F{n:08d}")
    occurred_at = factory.LazyAttribute(lambda made: at_ten(made.day))
    direction = "in"
    amount = Decimal("1000.00")
    kind = "transfer"


class AlertFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Alert

    alert_no = factory.Sequence(lambda n: f"A{n:06d}")
    client = factory.SubFactory(ClientFactory)
    raised_on = dt.date(2026, 1, 5)
    source = "exchange"
