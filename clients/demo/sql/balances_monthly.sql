-- Balances at the end of the month alone: the same sums as in balances.sql, one row a client. In: month, last.

INSERT INTO clients_assetsnapshot (client_id, day, cash, securities)
WITH moves AS (
    SELECT n, sum(cash) AS cash, sum(units) AS units
    FROM (SELECT f.n, CASE f.side WHEN 'sell' THEN amount ELSE -amount END - commission AS cash,
                 CASE f.side WHEN 'sell' THEN -amount ELSE amount END
                     / round(exp(b.beta * ln(d.market))::numeric, 9) AS units
          FROM demo_fill AS f JOIN demo_base AS b ON b.n = f.n JOIN demo_day AS d ON d.day = f.day
          UNION ALL
          SELECT n, CASE direction WHEN 'in' THEN amount ELSE -amount END, 0 FROM demo_flow) AS m
    GROUP BY n
)
SELECT b.client_id, d.day, b.cash0 + coalesce(m.cash, 0),
       round((b.sec0 / round(exp(b.level0)::numeric, 9) + coalesce(m.units, 0))
             * round(exp(b.beta * ln(d.market))::numeric, 9), 2)
FROM demo_base AS b
JOIN demo_day AS d ON d.day = %(last)s AND d.day = (%(month)s::date + interval '1 month - 1 day')::date
LEFT JOIN moves AS m ON m.n = b.n
WHERE b.held OR m.n IS NOT NULL
ORDER BY b.client_id;
