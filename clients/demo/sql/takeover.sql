-- What everyone held on the evening before the history begins. In: start.
-- Sleepers keep a few coins or nothing; some of them traded for the last time three to four years before.

SELECT clients_ensure_months('clients_assetsnapshot', %(start)s::date - 1, %(start)s::date - 1);

INSERT INTO clients_assetsnapshot (client_id, day, cash, securities)
SELECT client_id, %(start)s::date - 1,
       round((CASE habit WHEN 'sleeper' THEN 90 * pg_temp.chance(n, 'coins')
                         WHEN 'idle' THEN 150 + wealth * 0.1 * pg_temp.chance(n, 'coins')
                         ELSE assets * cash_share END)::numeric, 2),
       round((CASE WHEN habit IN ('sleeper', 'idle') THEN 0 ELSE assets * (1 - cash_share) END)::numeric, 2)
FROM (SELECT *, wealth * (0.5 + 0.7 * pg_temp.chance(n, 'start')) AS assets FROM demo_client) AS c
WHERE opened_on < %(start)s AND funded_on < %(start)s AND (closed_on IS NULL OR closed_on > %(start)s)
  AND (%(everyone)s OR habit <> 'sleeper' OR pg_temp.chance(n, 'coins kept') < 0.6)
ORDER BY client_id;
