"""What the demo's clients own and do is one story: money, securities, trades, flows, assessments, contacts."""

from __future__ import annotations

import datetime as dt

from clients.demo.firm import Firm
from tests.clients.demo.ledger import number, rows

MOVES = """
    SELECT client_id, day, sum(cash) AS cash FROM (
        SELECT client_id, day, CASE side WHEN 'sell' THEN amount ELSE -amount END - commission AS cash
        FROM clients_trade
        UNION ALL
        SELECT client_id, day, CASE direction WHEN 'in' THEN amount ELSE -amount END FROM clients_cashflow) AS m
    GROUP BY client_id, day
"""


def test_every_fact_of_the_firm_is_there_in_number(firm: Firm) -> None:
    assert number("SELECT count(*) FROM clients_client") == firm.size
    assert number("SELECT count(*) FROM clients_standing") == firm.size
    assert number("SELECT count(*) FROM clients_trade WHERE day >= %s", firm.start) > firm.size * 8
    assert number("SELECT count(*) FROM clients_cashflow WHERE day >= %s", firm.start) > firm.size
    assert number("SELECT count(*) FROM clients_servicerecord") > firm.size // 4
    assert number("SELECT count(*) FROM clients_clientwishes") > firm.size // 4


def test_cash_changes_by_exactly_what_was_traded_and_transferred(firm: Firm) -> None:
    wrong = rows(
        f"WITH moves AS ({MOVES}), steps AS ("
        " SELECT client_id, day, cash, lag(day) OVER later AS day_before, lag(cash) OVER later AS cash_before"
        " FROM clients_assetsnapshot WINDOW later AS (PARTITION BY client_id ORDER BY day)) "
        "SELECT s.client_id, s.day, s.cash - s.cash_before, coalesce(sum(m.cash), 0) FROM steps s "
        "LEFT JOIN moves m ON m.client_id = s.client_id AND m.day > s.day_before AND m.day <= s.day "
        "WHERE s.day_before IS NOT NULL GROUP BY s.client_id, s.day, s.cash, s.cash_before "
        "HAVING s.cash - s.cash_before <> coalesce(sum(m.cash), 0)"
    )
    assert wrong == []


def test_every_move_leaves_a_snapshot_of_its_day(firm: Firm) -> None:
    missing = rows(
        f"SELECT m.client_id, m.day FROM ({MOVES}) AS m LEFT JOIN clients_assetsnapshot a "
        "ON a.client_id = m.client_id AND a.day = m.day WHERE a.client_id IS NULL AND m.day >= %s",
        firm.start,
    )
    assert missing == []


def test_nobody_owes_cash_or_securities(firm: Firm) -> None:
    assert number("SELECT count(*) FROM clients_assetsnapshot WHERE cash < 0 OR securities < 0") == 0


def test_securities_change_with_trades_and_otherwise_only_as_a_market_does(firm: Firm) -> None:
    """Between two snapshots without a trade the value of securities moves by a few per cent at most."""
    leaps = rows(
        "WITH steps AS (SELECT client_id, day, securities, lag(day) OVER w AS day0, lag(securities) OVER w AS sec0 "
        "FROM clients_assetsnapshot WINDOW w AS (PARTITION BY client_id ORDER BY day)) "
        "SELECT client_id, day, sec0, securities FROM steps s WHERE sec0 > 1000 AND day - day0 <= 31 "
        "AND abs(securities - sec0) > 0.2 * sec0 AND NOT EXISTS (SELECT FROM clients_trade t "
        "WHERE t.client_id = s.client_id AND t.day > s.day0 AND t.day <= s.day)"
    )
    assert leaps == []


def test_large_outflows_are_sold_for_before(firm: Firm) -> None:
    outflows = rows("SELECT client_id, day, amount FROM clients_cashflow WHERE kind = '银证转出' AND amount > 400000")
    assert outflows
    sold = number(
        "SELECT count(*) FROM clients_cashflow f WHERE kind = '银证转出' AND amount > 400000 AND EXISTS ("
        "SELECT FROM clients_trade t WHERE t.client_id = f.client_id AND side = 'sell' "
        "AND t.day BETWEEN f.day - 12 AND f.day)"
    )
    assert sold >= 0.6 * len(outflows)


def test_trades_happen_when_the_exchange_is_open(firm: Firm) -> None:
    odd = rows(
        "SELECT trade_no, traded_at FROM clients_trade t JOIN crm_calendarday k ON k.day = t.day "
        "WHERE NOT k.exchange_open OR (traded_at AT TIME ZONE 'Asia/Shanghai')::date <> t.day "
        "OR NOT ((traded_at AT TIME ZONE 'Asia/Shanghai')::time BETWEEN '09:30' AND '11:30:30' "
        "OR (traded_at AT TIME ZONE 'Asia/Shanghai')::time BETWEEN '13:00' AND '15:00:30')"
    )
    assert odd == []


def test_fills_of_an_order_agree_on_client_side_and_symbol(firm: Firm) -> None:
    assert number("SELECT count(*) FROM clients_trade") > number("SELECT count(DISTINCT order_no) FROM clients_trade")
    mixed = rows(
        "SELECT order_no FROM clients_trade GROUP BY order_no HAVING count(DISTINCT (client_id, day, side, symbol)) > 1"
    )
    assert mixed == []


def test_boards_with_conditions_are_traded_only_with_the_permission(firm: Firm) -> None:
    unpermitted = rows(
        "SELECT t.client_id, t.symbol, t.day FROM clients_trade t "
        "WHERE t.symbol ~ '^(300|301|688|920)' AND NOT EXISTS ("
        "SELECT FROM clients_permissionrequest p WHERE p.client_id = t.client_id AND p.status = 'opened' "
        "AND p.requested_on < t.day AND p.permission = CASE left(t.symbol, 2) WHEN '30' THEN 'chinext' "
        "WHEN '68' THEN 'star' ELSE 'bse' END)"
    )
    assert unpermitted == []


def test_facts_begin_when_an_account_is_open_and_end_with_the_firm(firm: Firm) -> None:
    for table in ("trade", "cashflow", "assetsnapshot", "riskassessment"):
        day = "assessed_on" if table == "riskassessment" else "day"
        outside = rows(
            f"SELECT f.client_id, f.{day}, c.opened_on, c.closed_on FROM clients_{table} f "
            "JOIN clients_client c ON c.id = f.client_id "
            f"WHERE f.{day} > %s OR f.{day} < c.opened_on OR f.{day} > coalesce(c.closed_on + 31, f.{day})",
            firm.until,
        )
        assert outside == [], table


def test_closed_accounts_are_empty(firm: Firm) -> None:
    left = number(
        "SELECT count(*) FROM clients_client c CROSS JOIN LATERAL (SELECT cash + securities AS total "
        "FROM clients_assetsnapshot a WHERE a.client_id = c.id ORDER BY day DESC LIMIT 1) AS last "
        "WHERE c.status = 'closed' AND total <> 0"
    )
    assert left == 0


def test_assessments_are_valid_current_expiring_expired_and_missing(firm: Firm) -> None:
    [(none, expired, expiring)] = rows(
        "SELECT count(*) FILTER (WHERE risk_level = ''), count(*) FILTER (WHERE risk_until < %s), "
        "count(*) FILTER (WHERE risk_until BETWEEN %s AND %s) FROM clients_standing",
        firm.until,
        firm.until,
        firm.until + dt.timedelta(days=30),
    )
    assert none > 0
    assert expired > 0
    assert expiring > 0
    assert len(rows("SELECT DISTINCT risk_level FROM clients_standing WHERE risk_level <> ''")) == 6


def test_alerts_are_open_and_closed_and_permissions_in_every_state(firm: Firm) -> None:
    assert number("SELECT count(*) FROM clients_alert WHERE closed_on IS NULL") > 0
    assert number("SELECT count(*) FROM clients_alert WHERE closed_on > raised_on") > 0
    assert number("SELECT count(*) FROM clients_alert WHERE closed_on > %s", firm.until) == 0
    assert {"opened", "refused"} <= {row[0] for row in rows("SELECT DISTINCT status FROM clients_permissionrequest")}


def test_trading_feeds_of_every_exchange_day_are_in(firm: Firm) -> None:
    missing = rows(
        "SELECT k.day, f.feed FROM crm_calendarday k "
        "CROSS JOIN (VALUES ('assets'), ('trades'), ('cashflows')) AS f (feed) "
        "WHERE k.exchange_open AND k.day BETWEEN %s AND %s AND NOT EXISTS (SELECT FROM clients_feedbatch b "
        "WHERE b.feed = f.feed AND b.business_date = k.day AND b.state = 'done' AND b.rows = b.rows_stated)",
        firm.until - dt.timedelta(days=50),
        firm.until,
    )
    assert missing == []
