"""Assets: a snapshot holds until the next; before the first, cash and securities are 0."""

# total(d), summed over three spans: the client's window, the recent days (D − n, D] of at_risk and the days before
# them. A snapshot counts for as many days of a span as it holds: from its day to the day before the next one, or D.
# Snapshots from `assets_from` on are read as they lie; what held when that day began is looked up client by client.
# A client who opened inside the window has a window of his own.
ASSETS = """
CREATE TEMP TABLE seg_assets AS
WITH young AS (
    SELECT client_id, window_from FROM seg_member WHERE window_from > %(window_from)s::date
), snapshot AS (
    SELECT client_id, day, cash, securities
    FROM clients_assetsnapshot
    WHERE day BETWEEN %(assets_from)s::date AND %(as_of)s::date
    UNION ALL
    SELECT m.client_id, held.day, held.cash, held.securities
    FROM seg_member AS m
    CROSS JOIN LATERAL (
        SELECT s.day, s.cash, s.securities
        FROM clients_assetsnapshot AS s
        WHERE s.client_id = m.client_id AND s.day < %(assets_from)s::date
        ORDER BY s.day DESC
        LIMIT 1
    ) AS held
), holding AS (
    SELECT client_id, day, cash, securities, cash + securities AS total,
           lead(day, 1, %(as_of)s::date + 1) OVER (PARTITION BY client_id ORDER BY day) AS until
    FROM snapshot
), counted AS (
    SELECT h.client_id, h.cash, h.securities, h.total, h.until,
           h.until - greatest(h.day, y.window_from, %(window_from)s::date) AS window_days,
           h.until - greatest(h.day, %(recent_from)s::date) AS recent_days,
           least(h.until, %(recent_from)s::date) - greatest(h.day, %(earlier_from)s::date) AS earlier_days
    FROM holding AS h
    LEFT JOIN young AS y USING (client_id)
)
SELECT client_id,
       sum(total * window_days) FILTER (WHERE window_days > 0) AS window_sum,
       sum(total * recent_days) FILTER (WHERE recent_days > 0) AS recent_sum,
       sum(total * earlier_days) FILTER (WHERE earlier_days > 0) AS earlier_sum,
       max(cash) FILTER (WHERE until > %(as_of)s::date) AS cash,
       max(securities) FILTER (WHERE until > %(as_of)s::date) AS securities
FROM counted
GROUP BY client_id
"""
