"""Whom the demo firm's plans would have called on the days of its past: the facts of those days, plan by plan.

The past has no nightly runs, so what a run would have found is read from the facts themselves, under the same subjects
as `plans/sql/candidates.py` gives them: what the demo called about, no later run makes a call about again.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

from django.db import connection

# Columns of a source: client_id, fact_day (on whose next working day the call is made), subject, facts, size.
MOVEMENT = """
SELECT a.client_id, a.raised_on AS fact_day, 'alert:' || a.alert_no AS subject,
       jsonb_build_object('kind', 'alert', 'day', a.raised_on, 'size', '0', 'alert_no', a.alert_no) AS facts,
       1e15::numeric AS size
FROM clients_alert AS a
WHERE a.raised_on BETWEEN %(first)s AND %(last)s AND (a.closed_on IS NULL OR a.closed_on > a.raised_on)
UNION ALL
SELECT n.client_id, n.day, concat_ws(':', 'outflow', n.day, n.size),
       jsonb_build_object('kind', 'outflow', 'day', n.day, 'size', n.size::text,
                          'before', coalesce(before.total, 0)::text), n.size
FROM (
    SELECT client_id, day, -sum(CASE direction WHEN 'in' THEN amount ELSE -amount END) AS size
    FROM clients_cashflow
    WHERE day BETWEEN %(first)s AND %(last)s AND kind NOT IN ('interest', 'dividend', 'fee', 'tax', 'internal')
    GROUP BY client_id, day
) AS n
LEFT JOIN LATERAL (
    SELECT s.cash + s.securities AS total FROM clients_assetsnapshot AS s
    WHERE s.client_id = n.client_id AND s.day < n.day ORDER BY s.day DESC LIMIT 1
) AS before ON true
WHERE n.size >= 500000
"""
NEW_CLIENT = """
SELECT c.id AS client_id, c.opened_on AS fact_day, 'opened:' || c.opened_on AS subject,
       jsonb_build_object('opened_on', c.opened_on) AS facts, 0::numeric AS size
FROM clients_client AS c
WHERE c.opened_on BETWEEN %(first)s AND %(last)s
"""
_PERMISSION = """
SELECT p.client_id, p.requested_on AS fact_day, 'request:' || p.request_no AS subject,
       jsonb_build_object('permission', p.permission, 'requested_on', p.requested_on,
                          'status', coalesce(nullif(p.status, ''), 'requested')) AS facts, 0::numeric AS size
FROM clients_permissionrequest AS p
WHERE p.requested_on BETWEEN %(first)s AND %(last)s AND {which}
"""
RISK_EXPIRY = """
SELECT s.client_id, s.risk_until - 30 AS fact_day, 'until:' || s.risk_until AS subject,
       jsonb_build_object('level', s.risk_level, 'valid_until', s.risk_until) AS facts, s.average_assets AS size
FROM clients_standing AS s
WHERE s.risk_until BETWEEN %(first)s::date + 30 AND %(last)s::date + 30
"""
# Who is in a group today got into it on some day: each client has a day of his own, once in so many days.
_GROUP = """
SELECT s.client_id, days.day::date AS fact_day, '{group}:' || days.day::date AS subject, {facts} AS facts,
       s.average_assets AS size
FROM clients_standing AS s
JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS days (day)
    ON mod(abs(hashtext(s.client_no || '{group}'))::bigint, {days}) = mod(days.day::date - date '2000-01-01', {days})
WHERE '{group}' = ANY (s.matches)
"""
MANAGER_CHANGED = """
SELECT c.id AS client_id, days.day::date AS fact_day, concat_ws(':', 'manager', u.id, u.left_on) AS subject,
       jsonb_build_object('old_manager', u.name, 'changed_on', u.left_on) AS facts, 0::numeric AS size
FROM crm_user AS u
JOIN clients_client AS c ON c.manager_id = u.id
JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS days (day)
    ON mod(abs(hashtext(c.client_no))::bigint, 120) = mod(days.day::date - date '2000-01-01', 120)
WHERE u.left_on < days.day::date
"""
SOURCES: dict[str, str] = {
    "movement": MOVEMENT,
    "permission": _PERMISSION.format(
        which="p.permission IN ('chinext', 'star', 'bse', 'margin') AND p.status IN ('', 'requested', 'opened')"
    ),
    "permission-hk-connect": _PERMISSION.format(which="p.permission = 'hk_connect' AND p.status = 'opened'"),
    "new-client": NEW_CLIENT,
    "at-risk": _GROUP.format(
        group="at_risk",
        days=220,
        facts="jsonb_build_object('recent_mean', s.recent_mean::text, 'earlier_mean', s.earlier_mean::text)",
    ),
    "core": _GROUP.format(
        group="core",
        days=400,
        facts="jsonb_build_object('average_assets', s.average_assets::text, 'commission_12m', s.commission_12m::text)",
    ),
    "manager-changed": MANAGER_CHANGED,
    "risk-expiry": RISK_EXPIRY,
    "dormant": _GROUP.format(
        group="dormant", days=250, facts="jsonb_build_object('last_trade_on', s.last_trade_on)"
    ),
}  # fmt: skip
# Whom a call can be made of: reachable by phone, and not called about the same before, nor for the same kind of reason
# but a movement, nor waiting for a call now.
FOUND = """
SELECT k.client_id, k.fact_day, k.subject, k.facts, c.branch_id, c.manager_id, c.introducer_id, c.opened_on,
       coalesce(w.call_days, ''), w.call_from, w.call_until
FROM ({source}) AS k
JOIN clients_client AS c ON c.id = k.client_id
LEFT JOIN clients_clientwishes AS w ON w.client_id = k.client_id
WHERE c.status <> 'closed' AND c.phone_sealed IS NOT NULL AND c.opened_on <= k.fact_day
  AND NOT 'phone' = ANY (coalesce(w.opt_outs, '{{}}'))
  AND NOT EXISTS (
      SELECT FROM callbacks_callreason AS r
      WHERE r.client_id = k.client_id AND (r.subject = k.subject OR r.state IN ('open', 'listed')
            OR (r.kind = %(kind)s AND r.kind <> 'movement')))
ORDER BY k.fact_day, k.size DESC, c.client_no, k.subject
"""


class Candidate(NamedTuple):
    """One client and subject, and what his call needs to know of him."""

    client: int
    fact_day: dt.date
    subject: str
    facts: dict[str, Any]
    branch: int
    manager: int | None
    introducer: int | None
    opened_on: dt.date
    call_days: str
    call_from: dt.time | None
    call_until: dt.time | None


def candidates(plan_code: str, kind: str, *, first: dt.date, last: dt.date) -> list[Candidate]:
    """Those whose facts lie on the days from `first` to `last`, by day, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(source=SOURCES[plan_code]), {"first": first, "last": last, "kind": kind})
        return [Candidate._make((*row[:3], json.loads(row[3]), *row[4:])) for row in cursor.fetchall()]
