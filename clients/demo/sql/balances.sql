-- Balances: what was there, and every move since, in the order of days; securities live with the market.
-- In: month, first, last. A snapshot a change, one at the end of the month, and daily ones of traders.

INSERT INTO clients_assetsnapshot (client_id, day, cash, securities)
WITH moves AS (
    SELECT n, day, sum(cash) AS cash, sum(units) AS units
    FROM (SELECT f.n, f.day, CASE f.side WHEN 'sell' THEN amount ELSE -amount END - commission AS cash,
                 CASE f.side WHEN 'sell' THEN -amount ELSE amount END
                     / round(exp(b.beta * ln(d.market))::numeric, 9) AS units
          FROM demo_fill AS f JOIN demo_base AS b ON b.n = f.n JOIN demo_day AS d ON d.day = f.day
          UNION ALL
          SELECT n, day, CASE direction WHEN 'in' THEN amount ELSE -amount END, 0 FROM demo_flow) AS m
    WHERE day <= %(last)s
    GROUP BY n, day
), points AS (
    SELECT n, day FROM moves
    UNION
    SELECT n, %(last)s::date FROM demo_base
    WHERE (held OR n IN (SELECT n FROM moves)) AND %(last)s = (%(month)s::date + interval '1 month - 1 day')::date
    UNION
    SELECT b.n, d.day FROM demo_base AS b CROSS JOIN demo_day AS d
    WHERE b.habit = 'trader' AND b.held AND d.session IS NOT NULL AND d.day <= %(last)s
), balances AS (
    SELECT p.n, p.day, sum(coalesce(m.cash, 0)) OVER later AS cash, sum(coalesce(m.units, 0)) OVER later AS units
    FROM points AS p LEFT JOIN moves AS m ON m.n = p.n AND m.day = p.day
    WINDOW later AS (PARTITION BY p.n ORDER BY p.day)
)
SELECT b.client_id, x.day, b.cash0 + x.cash,
       round((b.sec0 / round(exp(b.level0)::numeric, 9) + x.units) * round(exp(b.beta * ln(d.market))::numeric, 9), 2)
FROM balances AS x JOIN demo_base AS b ON b.n = x.n JOIN demo_day AS d ON d.day = x.day
WHERE x.day BETWEEN %(first)s AND %(last)s
ORDER BY x.day, b.client_id;
