"""Assets, trades, cash flows (partitioned facts) and alerts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.feeds.declared.common import MONEY, SIGNED_MONEY, client_column, code
from clients.feeds.kinds import Day, Moment, Number, Text, local_day
from clients.feeds.spec import Column, Feed, Field
from clients.ledger.choices import AlertSource, Direction, Side
from clients.ledger.models import Alert, AssetSnapshot, CashFlow, Trade

ASSETS = Feed(
    name="assets",
    title=_("Assets"),
    model=AssetSnapshot,
    key=("client_no", "date"),
    row_key=("client_id", "day"),
    months=True,
    columns=(
        client_column(),
        Column("date", Day(fact=True), store="day", required=True),
        Column("cash", SIGNED_MONEY, store="cash", required=True),
        Column("securities", SIGNED_MONEY, store="securities", required=True),
    ),
)

TRADES = Feed(
    name="trades",
    title=_("Trades"),
    model=Trade,
    key=("trade_no",),
    row_key=("trade_no", "day"),
    months=True,
    columns=(
        Column("trade_no", Text(64), store="trade_no", required=True),
        client_column(),
        Column("traded_at", Moment(fact=True), store="traded_at", required=True),
        Column("market", Text(20), store="market", empty="''"),
        Column("symbol", Text(32), store="symbol", empty="''"),
        Column("side", code(Side), store="side", required=True),
        Column("quantity", Number(before=18, after=10), store="quantity"),
        Column("amount", MONEY, store="amount", required=True),
        Column("commission", MONEY, store="commission", empty="0"),
        Column("channel", Text(32), store="channel", empty="''"),
        Column("order_no", Text(64), store="order_no", empty="''"),
    ),
    fields=(Field("day", local_day("cell.traded_at"), columns=("traded_at",)),),
)

CASHFLOWS = Feed(
    name="cashflows",
    title=_("Cash flows"),
    model=CashFlow,
    key=("flow_no",),
    row_key=("flow_no", "day"),
    months=True,
    columns=(
        Column("flow_no", Text(64), store="flow_no", required=True),
        client_column(),
        Column("occurred_at", Moment(fact=True), store="occurred_at", required=True),
        Column("direction", code(Direction), store="direction", required=True),
        Column("amount", MONEY, store="amount", required=True),
        Column("kind", Text(50), store="kind", empty="''"),
    ),
    fields=(Field("day", local_day("cell.occurred_at"), columns=("occurred_at",)),),
)

ALERTS = Feed(
    name="alerts",
    title=_("Alerts"),
    model=Alert,
    key=("alert_no",),
    columns=(
        Column("alert_no", Text(64), store="alert_no", required=True),
        client_column(),
        Column("raised_on", Day(fact=True), store="raised_on", required=True),
        Column("source", code(AlertSource), store="source", required=True),
        Column("kind", Text(100), store="kind", empty="''"),
        Column("summary", Text(), store="summary", empty="''"),
        Column("closed_on", Day(), store="closed_on"),
    ),
)
