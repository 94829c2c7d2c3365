-- Requests for trading permissions dated from first to last, and answers that came by then. In: first, last.

INSERT INTO clients_permissionrequest (request_no, client_id, permission, requested_on, status)
WITH asked AS (
    SELECT c.n, c.client_id, p.permission, p.place,
           opened_on + 20 + floor(1500 * pg_temp.chance(n, p.word || ' day'))::integer AS requested_on,
           pg_temp.chance(n, p.word) / p.share AS outcome
    FROM demo_client AS c
    CROSS JOIN (VALUES ('chinext', 'chinext', 0.30, 1), ('star', 'star', 0.10, 2), ('bse', 'bse', 0.06, 3),
                       ('hk_connect', 'hk', 0.09, 4), ('margin', 'margin', 0.07, 5)
               ) AS p (permission, word, share, place)
    WHERE pg_temp.chance(n, p.word) < p.share AND habit IN ('trader', 'investor')
), decided AS (
    SELECT a.*, requested_on + pg_temp.draw(n, 'decided', place, 5) AS decided_on
    FROM asked AS a
    -- Those asked for shortly before are made again: their answer may have come meanwhile.
    WHERE requested_on BETWEEN %(first)s::date - 6 AND %(last)s
)
SELECT 'Q' || to_char(requested_on, 'YYMMDD') || lpad(n::text, 7, '0') || place, client_id, permission, requested_on,
       CASE WHEN decided_on > %(last)s THEN 'requested' WHEN outcome < 0.85 THEN 'opened'
            WHEN outcome < 0.95 THEN 'refused' ELSE 'closed' END
FROM decided
ORDER BY requested_on, n, place
ON CONFLICT (request_no) DO UPDATE SET status = excluded.status
WHERE clients_permissionrequest.status IS DISTINCT FROM excluded.status;
