# ruff: noqa: S608 (statements put together from constants; every value is a parameter)
"""Trades: distinct order numbers; a row without one counts as an order of its own."""

# last_trade_on: the newest trade ever. commission_12m: over the days after D − 12 months. active_months: in how many
# of the twelve months before and up to D (counted back from D) the client traded.
_MONTH = "CASE " + " ".join(f"WHEN day >= %(month_{n})s::date THEN {1 << n}" for n in range(12)) + " END"
HISTORY = f"""
CREATE TEMP TABLE seg_history AS
SELECT client_id,
       max(day) AS last_trade_on,
       sum(commission) FILTER (WHERE day > %(year_after)s::date) AS commission_12m,
       bit_count(bit_or({_MONTH})::bit(12)) AS active_months
FROM clients_trade
WHERE day <= %(as_of)s::date
GROUP BY client_id
ORDER BY client_id
"""

# Trades and traded amount of the client's window; the fills of one order are one trade.
WINDOW = """
CREATE TEMP TABLE seg_window AS
WITH young AS (
    SELECT client_id, window_from FROM seg_member WHERE window_from > %(window_from)s::date
)
SELECT t.client_id,
       count(*) FILTER (WHERE t.order_no = '') + count(DISTINCT t.order_no) FILTER (WHERE t.order_no <> '') AS trades,
       sum(t.amount) AS traded_amount
FROM clients_trade AS t
LEFT JOIN young AS y USING (client_id)
WHERE t.day BETWEEN %(window_from)s::date AND %(as_of)s::date
  AND t.day >= coalesce(y.window_from, %(window_from)s::date)
GROUP BY t.client_id
"""

# The commission from which a client is among his branch's top share: of the branch's n clients of the run with
# commission, in ascending order, the value at rank ceil((1 − share) × n), at least rank 1.
CUTS = """
CREATE TEMP TABLE seg_cut AS
SELECT branch_id, payers, rank, commissions[rank] AS cut
FROM (
    SELECT m.branch_id, count(*) AS payers,
           greatest(1, ceil((1 - %(commission_top)s::numeric) * count(*)))::integer AS rank,
           array_agg(h.commission_12m ORDER BY h.commission_12m) AS commissions
    FROM seg_member AS m
    JOIN seg_history AS h USING (client_id)
    WHERE h.commission_12m > 0
    GROUP BY m.branch_id
) AS ranked
"""
