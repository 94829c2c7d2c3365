"""Assets: a snapshot holds until the next; before the first, cash and securities are 0."""

# total(d), summed over three spans: the client's window, the recent days (D − n, D] of at_risk and the days before
# them. A snapshot counts for as many days of a span as it holds: from its day to the day before the next one, or D.
# Snapshots are read as they lie, from `assets_from` (where the earliest span begins) on and for a month before it:
# nearly everybody has one there that holds on that day. For the others it is looked up, client by client.
# A client who opened inside the window has a window of his own.
ASSETS = """
CREATE TEMP TABLE seg_assets AS
WITH young AS (
    SELECT client_id, window_from FROM seg_member WHERE window_from > %(window_from)s::date
), holding AS (
    SELECT client_id, day, cash, securities, cash + securities AS total,
           lead(day, 1, %(as_of)s::date + 1) OVER (PARTITION BY client_id ORDER BY day) AS until
    FROM clients_assetsnapshot
    WHERE day BETWEEN %(assets_from)s::date - 31 AND %(as_of)s::date
), counted AS (
    SELECT h.client_id, h.day, h.cash, h.securities, h.total, h.until,
           h.until - greatest(h.day, y.window_from, %(window_from)s::date) AS window_days,
           h.until - greatest(h.day, %(recent_from)s::date) AS recent_days,
           least(h.until, %(recent_from)s::date) - greatest(h.day, %(earlier_from)s::date) AS earlier_days
    FROM holding AS h
    LEFT JOIN young AS y USING (client_id)
), known AS (
    SELECT client_id, min(day) AS first_day,
           sum(total * window_days) FILTER (WHERE window_days > 0) AS window_sum,
           sum(total * recent_days) FILTER (WHERE recent_days > 0) AS recent_sum,
           sum(total * earlier_days) FILTER (WHERE earlier_days > 0) AS earlier_sum,
           max(cash) FILTER (WHERE until > %(as_of)s::date) AS cash,
           max(securities) FILTER (WHERE until > %(as_of)s::date) AS securities
    FROM counted
    GROUP BY client_id
), held AS (
    SELECT m.client_id, last.cash, last.securities, last.cash + last.securities AS total
    FROM seg_member AS m
    CROSS JOIN LATERAL (
        SELECT s.cash, s.securities
        FROM clients_assetsnapshot AS s
        WHERE s.client_id = m.client_id AND s.day < %(assets_from)s::date - 31
        ORDER BY s.day DESC
        LIMIT 1
    ) AS last
    WHERE NOT EXISTS (
        SELECT FROM clients_assetsnapshot AS s
        WHERE s.client_id = m.client_id AND s.day BETWEEN %(assets_from)s::date - 31 AND %(assets_from)s::date
    )
)
SELECT m.client_id, m.branch_id, m.opened_on, m.window_days,
       coalesce(k.window_sum, 0) + coalesce(h.total * greatest(0, until - m.window_from), 0) AS window_sum,
       coalesce(k.recent_sum, 0) + coalesce(h.total * greatest(0, until - %(recent_from)s::date), 0) AS recent_sum,
       coalesce(k.earlier_sum, 0)
           + coalesce(h.total * greatest(0, least(until, %(recent_from)s::date) - %(earlier_from)s::date), 0)
           AS earlier_sum,
       coalesce(k.cash, h.cash, 0) AS cash,
       coalesce(k.securities, h.securities, 0) AS securities
FROM seg_member AS m
LEFT JOIN known AS k USING (client_id)
LEFT JOIN held AS h USING (client_id)
CROSS JOIN LATERAL (SELECT coalesce(k.first_day, %(as_of)s::date + 1)) AS held_until (until)
ORDER BY m.client_id
"""
