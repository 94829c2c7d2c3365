"""Movements: what happened on some day d in (D − days, D], and alerts that are open on D.

Each is kept with its kind and size, in the order alert, outflow, trading, inflow (urgency 4 to 1), larger first.
"""

# net_flow(d): in minus out, without what is not the client's own move. It counts when it is large, or when it is a
# large share of total(d − 1) and not small. The share is compared exactly.
FLOWS = """
CREATE TEMP TABLE seg_movement AS
WITH net AS (
    SELECT client_id, day, sum(CASE direction WHEN 'in' THEN amount ELSE -amount END) AS flow
    FROM clients_cashflow
    WHERE day > %(moved_after)s::date AND day <= %(as_of)s::date
      AND kind NOT IN ('interest', 'dividend', 'fee', 'tax', 'internal')
    GROUP BY client_id, day
    HAVING abs(sum(CASE direction WHEN 'in' THEN amount ELSE -amount END))
           >= least(%(flow)s::numeric, %(share_floor)s::numeric)
), compared AS (
    SELECT n.client_id, n.day, n.flow, coalesce(before.total, 0) AS before,
           abs(n.flow) >= %(flow)s::numeric AS is_large,
           before.total > 0 AND abs(n.flow) >= %(share)s::numeric * before.total
               AND abs(n.flow) >= %(share_floor)s::numeric AS is_large_share
    FROM net AS n
    JOIN seg_member AS m USING (client_id)
    LEFT JOIN LATERAL (
        SELECT s.cash + s.securities AS total
        FROM clients_assetsnapshot AS s
        WHERE s.client_id = n.client_id AND s.day < n.day
        ORDER BY s.day DESC
        LIMIT 1
    ) AS before ON true
)
SELECT client_id,
       (CASE WHEN flow < 0 THEN 3 ELSE 1 END)::smallint AS urgency,
       abs(flow) AS size,
       jsonb_build_object('kind', CASE WHEN flow < 0 THEN 'outflow' ELSE 'inflow' END, 'day', day,
                          'size', abs(flow)::text, 'before', before::text) AS movement
FROM compared
WHERE is_large OR is_large_share
"""

# Trades on d: at least the floor, and at least the multiple of the baseline: the mean number of trades over those of
# the days before d on which the client traded, 0 when none. Compared exactly: trades × days ≥ multiple × sum.
# Size: the traded amount of d.
BURSTS = """
INSERT INTO seg_movement
WITH busy AS (
    SELECT client_id, day
    FROM clients_trade
    WHERE day > %(moved_after)s::date AND day <= %(as_of)s::date
    GROUP BY client_id, day
    HAVING count(*) >= %(trades_floor)s::numeric
), daily AS (
    SELECT client_id, day,
           count(*) FILTER (WHERE order_no = '') + count(DISTINCT order_no) FILTER (WHERE order_no <> '') AS trades,
           sum(amount) AS amount
    FROM clients_trade
    WHERE client_id IN (SELECT b.client_id FROM busy AS b JOIN seg_member AS m USING (client_id))
      AND day > %(moved_after)s::date - %(trades_baseline_days)s::integer AND day <= %(as_of)s::date
    GROUP BY client_id, day
), compared AS (
    SELECT d.client_id, d.day, d.trades, d.amount,
           coalesce(before.days, 0) AS days, coalesce(before.trades, 0) AS trades_before
    FROM daily AS d
    CROSS JOIN LATERAL (
        SELECT count(*) AS days, sum(e.trades) AS trades
        FROM daily AS e
        WHERE e.client_id = d.client_id AND e.day < d.day AND e.day >= d.day - %(trades_baseline_days)s::integer
    ) AS before
    WHERE d.day > %(moved_after)s::date AND d.trades >= %(trades_floor)s::numeric
)
SELECT client_id, 2::smallint, amount,
       jsonb_build_object('kind', 'trading', 'day', day, 'size', amount::text, 'trades', trades,
                          'days_before', days, 'trades_before', trades_before)
FROM compared
WHERE trades * days >= %(trades_multiple)s::numeric * trades_before
"""

# An alert is open on D: raised on or before D, not closed or closed after D.
ALERTS = """
INSERT INTO seg_movement
SELECT a.client_id, 4::smallint, 0,
       jsonb_build_object('kind', 'alert', 'day', a.raised_on, 'size', '0', 'alert_no', a.alert_no)
FROM clients_alert AS a
JOIN seg_member AS m USING (client_id)
WHERE a.raised_on <= %(as_of)s::date AND (a.closed_on IS NULL OR a.closed_on > %(as_of)s::date)
"""
