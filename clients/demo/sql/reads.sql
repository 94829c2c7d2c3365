-- The log of reads from first to last: whoever served a client had opened his page; compliance revealed phones of clients
-- with an alert; and on the last day but one a call-centre agent opened far more clients than he spoke to.
INSERT INTO crm_readlog (at, by_id, kind, subject, subject_no, fields, reason, rows, url)
SELECT at, by_id, kind, 'client', client_no, fields, reason, 1, '/clients/' || client_no || '/'
FROM (
    SELECT r.occurred_at - interval '90 seconds' AS at, r.staff_id AS by_id, 'page' AS kind, c.client_no,
           'overview' AS fields, '' AS reason
    FROM clients_servicerecord AS r
    JOIN clients_client AS c ON c.id = r.client_id
    WHERE r.staff_id IS NOT NULL
      AND (r.occurred_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(first)s AND %(last)s
  UNION ALL
    SELECT (a.raised_on + time '15:20') AT TIME ZONE 'Asia/Shanghai', u.id, 'reveal', c.client_no, 'phone', 'investigation'
    FROM clients_alert AS a
    JOIN clients_client AS c ON c.id = a.client_id
    JOIN crm_user AS u ON u.staff_no = '8301'
    WHERE a.raised_on BETWEEN %(first)s AND %(last)s AND a.id %% 4 = 0
  UNION ALL
    SELECT (%(last)s::date - 1 + time '10:00' + n * interval '45 seconds') AT TIME ZONE 'Asia/Shanghai', u.id, 'page',
           c.client_no, 'overview', ''
    FROM (SELECT client_no, row_number() OVER (ORDER BY client_no) AS n FROM clients_client ORDER BY client_no LIMIT 72) AS c
    JOIN crm_user AS u ON u.staff_no = '8003'
    WHERE %(with_burst)s
) AS reads
ORDER BY at
