"""Assets and trades worked out in two sessions side by side: the same as in one, and nothing left when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection, transaction

from clients.segmentation import compute, rules
from clients.segmentation.sql import trading
from tests.clients.feeds.test_kill import wait_for
from tests.clients.segmentation.books import computed, expected, load
from tests.clients.segmentation.twin import Books

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2024, 2, 29)
TABLES = "SELECT relname FROM pg_class WHERE relname LIKE 'seg\\_%%' AND relkind = 'r'"
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(autouse=True)
def emptied() -> Iterator[None]:
    """What lies in partitions is not emptied with the other tables."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE clients_assetsnapshot, clients_trade, clients_cashflow")


def books() -> Books:
    """Forty clients of two branches; every third trades, on many days, and every fifth has no snapshot of late."""
    made = Books(clients=[])
    for n in range(40):
        number, opened = f"C{n:02}", DAY - dt.timedelta(days=37 * n)
        branch = "A" if n % 2 else "B"
        made.clients.append(
            {"client_no": number, "branch_code": branch, "opened_on": opened, "status": "active", "closed_on": None}
        )
        ago = [400, 200, 151] if n % 5 == 0 else [180, 121, 90, 31, 1]
        made.snapshots[number] = [
            {"day": DAY - dt.timedelta(days=days), "cash": Decimal(1000 * n), "securities": Decimal(days)}
            for days in ago
        ]
        made.trades[number] = [
            {
                "trade_no": f"{number}-{days}",
                "traded_at": dt.datetime.combine(DAY - dt.timedelta(days=days), dt.time(10)),
                "amount": Decimal(5000),
                "commission": Decimal(n),
                "order_no": f"{number}-{days // 2}",
            }
            for days in (range(0, 400, 7) if n % 3 == 0 else ())
        ]
        made.flows[number], made.alerts[number] = [], []
    return made


def asked(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [str(row[0]) for row in cursor.fetchall()]


def test_side_by_side_is_the_same_as_in_one_session() -> None:
    made = books()
    load(made)
    beside = computed(DAY, {})
    with transaction.atomic():
        within = computed(DAY, {})
    assert beside == within == expected(made, DAY, {})
    assert len({(row.tier, row.style, row.group) for row in beside.values()}) > 3
    assert asked(TABLES) == []


def test_the_other_session_sees_what_this_one_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trade that is written after the computation began counts in neither of them."""
    load(books())
    before = computed(DAY, {})
    real = compute._trades

    def late(*given: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clients_trade SET commission = commission + 1000, amount = amount * 100")
        connection.close()
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(compute, "_trades", late)
    assert computed(DAY, {}) == before
    assert computed(DAY, {}) != before


@pytest.mark.parametrize("where", [1, 3, 8])
def test_who_stops_it_leaves_neither_tables_nor_sessions(where: int) -> None:
    load(books())
    sessions = asked(SESSIONS)

    def stop(done: int, _words: object) -> None:
        if done == where:
            raise InterruptedError

    with pytest.raises(InterruptedError), compute.workspace():
        compute.compute(DAY, rules.parse({}), say=stop)
    assert asked(TABLES) == []
    wait_for(lambda: asked(SESSIONS) == sessions)


def test_a_failure_in_the_other_session_is_the_computations(monkeypatch: pytest.MonkeyPatch) -> None:
    load(books())
    sessions = asked(SESSIONS)
    monkeypatch.setattr(trading, "WINDOW", "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"), compute.workspace():
        compute.compute(DAY, rules.parse({}), say=lambda _done, _words: None)
    assert asked(TABLES) == []
    wait_for(lambda: asked(SESSIONS) == sessions)
