-- The files that would have brought these days' facts from the core system: feed, day, rows, bytes,
-- place in the evening. In: first, last.
-- Trading feeds come for every exchange day, the others whenever they hold something; service records daily.

WITH days AS (
    SELECT d::date AS day, coalesce(c.exchange_open, extract(isodow FROM d) < 6) AS open
    FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS d
    LEFT JOIN crm_calendarday AS c ON c.day = d::date
), counted AS (
    SELECT 'assets' AS feed, day, count(*) AS rows, 36 AS width FROM clients_assetsnapshot
    WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day
    UNION ALL
    SELECT 'trades', day, count(*), 118 FROM clients_trade WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day
    UNION ALL
    SELECT 'cashflows', day, count(*), 74 FROM clients_cashflow WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day
    UNION ALL
    SELECT 'clients', opened_on, count(*), 190 FROM clients_client
    WHERE opened_on BETWEEN %(first)s AND %(last)s GROUP BY opened_on
    UNION ALL
    SELECT 'alerts', raised_on, count(*), 92 FROM clients_alert
    WHERE raised_on BETWEEN %(first)s AND %(last)s GROUP BY raised_on
    UNION ALL
    SELECT 'risk_assessments', assessed_on, count(*), 44 FROM clients_riskassessment
    WHERE assessed_on BETWEEN %(first)s AND %(last)s GROUP BY assessed_on
    UNION ALL
    SELECT 'permission_requests', requested_on, count(*), 52 FROM clients_permissionrequest
    WHERE requested_on BETWEEN %(first)s AND %(last)s GROUP BY requested_on
    UNION ALL
    SELECT 'service_records', (occurred_at AT TIME ZONE 'Asia/Shanghai')::date, count(*), 176
    FROM clients_servicerecord
    WHERE occurred_at >= pg_temp.at(%(first)s, 0) AND occurred_at < pg_temp.at(%(last)s::date + 1, 0) GROUP BY 2
), expected AS (
    SELECT d.day, f.feed, coalesce(c.rows, 0) AS rows, f.place, 60 + coalesce(c.rows * c.width, 0) AS size
    FROM days AS d
    CROSS JOIN (VALUES ('clients', 1), ('risk_assessments', 2), ('permission_requests', 3), ('assets', 4),
                       ('trades', 5), ('cashflows', 6), ('alerts', 7), ('service_records', 8)) AS f (feed, place)
    LEFT JOIN counted AS c ON c.feed = f.feed AND c.day = d.day
    WHERE c.rows > 0 OR f.feed = 'service_records' OR (d.open AND f.feed IN ('assets', 'trades', 'cashflows'))
)
SELECT feed, day, rows, size, place FROM expected ORDER BY day, place;
