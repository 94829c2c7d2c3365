"""Loads a twin's books into the tables, straight by SQL, and reads back what the product made of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from clients.profile.models import Client
from clients.segmentation import compute, rules
from crm.organisation.choices import UnitKind
from crm.organisation.models import Unit
from tests.clients.segmentation.twin import Books, Result, segment

URGENCY = ("alert", "outflow", "trading", "inflow")
LOCAL_DAY = "(%s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"


def load(books: Books) -> None:
    """Write branches, clients and everything they did. Partitions are made as the days need them."""
    codes = sorted({row["branch_code"] for row in books.clients})
    Unit.objects.bulk_create([Unit(kind=UnitKind.BRANCH, code=code, name=code) for code in codes])
    branches = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))
    Client.objects.bulk_create(_client(row, branches) for row in books.clients)
    numbers = [row["client_no"] for row in books.clients]
    ids = dict(Client.objects.filter(client_no__in=numbers).values_list("client_no", "pk"))
    _snapshots(_rows(books.snapshots, ids))
    _trades(_rows(books.trades, ids))
    _flows(_rows(books.flows, ids))
    _alerts(_rows(books.alerts, ids))


def _client(row: Mapping[str, Any], branches: Mapping[str, int]) -> Client:
    return Client(
        client_no=row["client_no"],
        name=row["client_no"],
        branch_id=branches[row["branch_code"]],
        opened_on=row["opened_on"],
        status=row["status"],
        closed_on=row["closed_on"],
    )


def _rows(found: Mapping[str, list[dict[str, Any]]], ids: Mapping[str, int]) -> list[dict[str, Any]]:
    return [row | {"client_id": ids[number]} for number, rows in found.items() for row in rows]


def _months(table: str, days: Iterable[dt.date]) -> None:
    with connection.cursor() as cursor:
        for month in sorted({day.replace(day=1) for day in days}):
            cursor.execute("SELECT clients_ensure_months(%s, %s, %s)", [table, month, month])


def _shanghai(moment: dt.datetime) -> dt.datetime:
    """A naive instant is Shanghai's own time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))


def _insert(table: str, columns: str, template: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, f"INSERT INTO {table} ({columns}) VALUES %s", rows, template, page_size=1000)


def _snapshots(rows: list[dict[str, Any]]) -> None:
    _months("clients_assetsnapshot", (row["day"] for row in rows))
    values = [(row["client_id"], row["day"], row["cash"], row["securities"]) for row in rows]
    _insert("clients_assetsnapshot", "client_id, day, cash, securities", "(%s, %s, %s, %s)", values)


def _trades(rows: list[dict[str, Any]]) -> None:
    moments = [_shanghai(row["traded_at"]) for row in rows]
    for shift in (0, 1, -1):
        _months("clients_trade", ((moment + dt.timedelta(days=shift)).date() for moment in moments))
    values = [
        (row["trade_no"], row["client_id"], at, at, row["amount"], row["commission"], row["order_no"])
        for row, at in zip(rows, moments, strict=True)
    ]
    template = f"(%s, %s, {LOCAL_DAY}, %s, 'buy', %s, %s, %s)"
    _insert(
        "clients_trade", "trade_no, client_id, day, traded_at, side, amount, commission, order_no", template, values
    )


def _flows(rows: list[dict[str, Any]]) -> None:
    moments = [_shanghai(row["occurred_at"]) for row in rows]
    for shift in (0, 1, -1):
        _months("clients_cashflow", ((moment + dt.timedelta(days=shift)).date() for moment in moments))
    values = [
        (row["flow_no"], row["client_id"], at, at, row["direction"], row["amount"], row["kind"])
        for row, at in zip(rows, moments, strict=True)
    ]
    template = f"(%s, %s, {LOCAL_DAY}, %s, %s, %s, %s)"
    _insert("clients_cashflow", "flow_no, client_id, day, occurred_at, direction, amount, kind", template, values)


def _alerts(rows: list[dict[str, Any]]) -> None:
    values = [(row["alert_no"], row["client_id"], row["raised_on"], row["closed_on"]) for row in rows]
    _insert(
        "clients_alert",
        "alert_no, client_id, raised_on, closed_on, source, kind, summary",
        "(%s, %s, %s, %s, 'system', '', '')",
        values,
    )


def computed(as_of: dt.date, policy: Mapping[str, Any]) -> dict[str, Result]:
    """What the product works out, by client number, in the twin's terms."""
    with compute.workspace():
        compute.compute(as_of, rules.parse(policy), say=lambda _done, _words: None)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.*, c.client_no FROM seg_result AS r JOIN clients_client AS c ON c.id = r.client_id"
            )
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["client_no"]: _result(row) for row in rows}


def _result(row: Mapping[str, Any]) -> Result:
    reasons = json.loads(row["reasons"] or '{"movements": []}')
    return Result(
        tier=row["tier"],
        style=row["style"],
        group=row["group"],
        matches=row["matches"],
        average_assets=row["average_assets"],
        trades_per_month=row["trades_per_month"],
        turnover_ratio=row["turnover_ratio"],
        commission_12m=row["commission_12m"],
        total=row["total_assets"],
        last_trade_on=row["last_trade_on"],
        movements=[(found["kind"], Decimal(found["size"])) for found in reasons["movements"]],
    )


def expected(books: Books, as_of: dt.date, policy: dict[str, Any]) -> dict[str, Result]:
    """What the twin says; movements are kept where the policy matches them."""
    found = segment(books, as_of, policy)
    for result in found.values():
        if "movement" not in result.matches:
            result.movements = []
    return found
