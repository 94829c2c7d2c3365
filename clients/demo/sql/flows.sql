-- The month's cash flows. In: month, flows (how frequent ordinary transfers are), interest (share of clients paid).
-- Ordinary transfers stay below the sizes that count as movement; the large ones are the stories'.

DROP TABLE IF EXISTS demo_flow;
CREATE TEMP TABLE demo_flow AS
WITH moves AS (
    SELECT n, client_id, ym, pg_temp.draw(n, 'deposit day', ym, sessions) AS session, NULL::date AS day,
           'in' AS direction,
           greatest(5, round(least(wealth * (0.01 + 0.06 * pg_temp.chance(n, 'deposit', ym)), 380000) / 100)) * 100
               AS amount,
           '银证转入' AS kind, 33000 AS from_second, 21000 AS seconds
    FROM demo_base
    WHERE habit IN ('trader', 'investor') AND held AND story IS NULL AND fullness < 1.3
      AND pg_temp.chance(n, 'deposits', ym) < 0.22 * %(flows)s
    UNION ALL
    SELECT n, client_id, ym, pg_temp.draw(n, 'withdrawal day', ym, sessions), NULL, 'out',
           floor(least(0.2 * cash0::float8, wealth * 0.08 * pg_temp.chance(n, 'withdrawal', ym), 380000) / 100) * 100,
           '银证转出', 33000, 21000
    FROM demo_base
    WHERE habit IN ('trader', 'investor', 'idle') AND held AND story IS NULL AND cash0 > 3000
      AND pg_temp.chance(n, 'withdrawals', ym) < 0.15 * %(flows)s
    UNION ALL
    SELECT n, client_id, ym, story_session, NULL, CASE WHEN story IN ('leave', 'outflow') THEN 'out' ELSE 'in' END,
           story_amount, CASE WHEN story IN ('leave', 'outflow') THEN '银证转出' ELSE '银证转入' END, 34200, 18000
    FROM demo_base WHERE story IN ('leave', 'outflow', 'inflow', 'wake') AND story_amount >= 1000
    UNION ALL
    SELECT n, client_id, ym, NULL, funded_on, 'in', story_amount, '银证转入', 34200, 18000
    FROM demo_base WHERE story = 'arrive'
    UNION ALL
    SELECT n, client_id, ym, NULL, closes_on, 'out', cash0::float8, '销户结清', 36000, 14000
    FROM demo_base WHERE story = 'close' AND cash0 > 0
    UNION ALL
    -- Interest on cash, paid each quarter on the 21st; dividends mostly in June and July, some taxed.
    SELECT n, client_id, ym, NULL, %(month)s::date + 20, 'in', cash0::float8 * 0.0005, 'interest', 61200, 1
    FROM demo_base
    WHERE mod(ym, 100) IN (3, 6, 9, 12) AND cash0 >= 100 AND story IS DISTINCT FROM 'close'
      AND pg_temp.chance(n, 'interest') < %(interest)s
    UNION ALL
    SELECT n, client_id, ym, pg_temp.draw(n, 'dividend day', ym, sessions), NULL, 'in',
           sec0::float8 * (0.003 + 0.012 * pg_temp.chance(n, 'dividend', ym)), 'dividend', 61200, 1
    FROM demo_base
    WHERE sec0 > 5000
      AND pg_temp.chance(n, 'dividends', ym) < CASE WHEN mod(ym, 100) IN (6, 7) THEN 0.35 ELSE 0.015 END * %(flows)s
    UNION ALL
    SELECT n, client_id, ym, pg_temp.draw(n, 'dividend day', ym, sessions), NULL, 'out',
           sec0::float8 * (0.003 + 0.012 * pg_temp.chance(n, 'dividend', ym)) * 0.1, 'tax', 61300, 1
    FROM demo_base
    WHERE sec0 > 5000 AND pg_temp.chance(n, 'taxed') < 0.2
      AND pg_temp.chance(n, 'dividends', ym) < CASE WHEN mod(ym, 100) IN (6, 7) THEN 0.35 ELSE 0.015 END * %(flows)s
)
SELECT m.n, m.client_id, coalesce(m.day, d.day) AS day, direction, round(amount::numeric, 2) AS amount, kind,
       from_second + seconds * pg_temp.chance(m.n, kind || ' time', ym) AS second,
       row_number() OVER (PARTITION BY m.n ORDER BY coalesce(m.day, d.day), kind, direction) AS place
FROM moves AS m LEFT JOIN demo_day AS d ON d.session = m.session
WHERE round(amount::numeric, 2) >= 0.01;
ANALYZE demo_flow;
