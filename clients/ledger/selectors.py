"""Reads of assets, trades, flows and alerts, shaped for pages. Every day is a parameter; nothing asks for today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from clients.ledger.models import Alert, CashFlow, Trade

MONTHS = 13  # the month of the day itself and the twelve before

_MONTHS_SQL = """
WITH months AS (
    SELECT first::date AS first_day, least((first + interval '1 month')::date - 1, %(day)s) AS last_day
    FROM generate_series(date_trunc('month', %(day)s::date) - %(back)s * interval '1 month',
                         date_trunc('month', %(day)s::date), interval '1 month') AS first
), traded AS (
    SELECT date_trunc('month', day)::date AS first_day, sum(amount) AS amount, sum(commission) AS commission,
           count(DISTINCT order_no) FILTER (WHERE order_no <> '') + count(*) FILTER (WHERE order_no = '') AS trades
    FROM clients_trade
    WHERE client_id = %(client)s AND day <= %(day)s
      AND day >= (date_trunc('month', %(day)s::date) - %(back)s * interval '1 month')::date
    GROUP BY 1
)
SELECT first_day, last_day, held.total, coalesce(trades, 0), coalesce(amount, 0), coalesce(commission, 0)
FROM months
LEFT JOIN traded USING (first_day)
LEFT JOIN LATERAL (
    SELECT cash + securities AS total
    FROM clients_assetsnapshot
    WHERE client_id = %(client)s AND day <= last_day
    ORDER BY day DESC LIMIT 1
) AS held ON true
ORDER BY first_day
"""


@dataclass(frozen=True)
class Month:
    """A calendar month of a client: assets at its end (or on the day asked for), and what was traded in it.

    `assets` is None before the first snapshot. `trades` counts orders: fills of one order are one trade.
    """

    first_day: dt.date
    last_day: dt.date
    assets: Decimal | None
    trades: int
    amount: Decimal
    commission: Decimal


def months_of(client_id: int, day: dt.date, months: int = MONTHS) -> list[Month]:
    """The `months` calendar months up to `day`, oldest first: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS_SQL, {"client": client_id, "day": day, "back": months - 1})
        return [Month(*row) for row in cursor.fetchall()]


def assets_on(client_id: int, day: dt.date) -> tuple[dt.date, Decimal, Decimal] | None:
    """Day, cash and securities of the newest snapshot on or before `day`; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, cash, securities FROM clients_assetsnapshot"
            " WHERE client_id = %s AND day <= %s ORDER BY day DESC LIMIT 1",
            [client_id, day],
        )
        found: tuple[dt.date, Decimal, Decimal] | None = cursor.fetchone()
        return found


def trades_of(client_id: int) -> QuerySet[Trade]:
    return Trade.objects.filter(client_id=client_id)


def flows_of(client_id: int) -> QuerySet[CashFlow]:
    return CashFlow.objects.filter(client_id=client_id)


def open_alerts(client_id: int, day: dt.date) -> QuerySet[Alert]:
    """Alerts that are open on `day`: raised by then, not closed by then (`segments.md`), newest first."""
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    return Alert.objects.filter(is_open, client_id=client_id, raised_on__lte=day).order_by("-raised_on", "-id")
