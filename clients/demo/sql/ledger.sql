-- The plans of the month become facts, for the days from first to last. In: month, first, last, detail.
-- detail: snapshots on every change and daily for traders; else only at the end of the month.

SELECT clients_ensure_months('clients_assetsnapshot', %(month)s::date - 1, %(last)s),
       clients_ensure_months('clients_trade', %(month)s, %(last)s),
       clients_ensure_months('clients_cashflow', %(month)s, %(last)s);

INSERT INTO clients_trade (
    trade_no, client_id, day, traded_at, market, symbol, side, quantity, amount, commission, channel, order_no)
SELECT order_no || f, client_id, day,
       pg_temp.at(day, 34200 + elapsed + CASE WHEN elapsed >= 7200 THEN 5400 ELSE 0 END), exchange, symbol, side,
       quantity, amount, commission,
       (ARRAY['mobile', 'mobile', 'mobile', 'web', 'web', 'fast', 'phone', 'counter'])[pg_temp.draw(n, 'channel',
           CASE WHEN pg_temp.chance(n, 'other channel', place + ym * 100) < 0.1 THEN place ELSE 0 END, 8)], order_no
FROM demo_fill
WHERE day BETWEEN %(first)s AND %(last)s
ORDER BY day, n, place, f;

INSERT INTO clients_cashflow (flow_no, client_id, day, occurred_at, direction, amount, kind)
SELECT to_char(day, 'YYMMDD') || lpad(n::text, 7, '0') || place, client_id, day, pg_temp.at(day, second),
       direction, amount, kind
FROM demo_flow
WHERE day BETWEEN %(first)s AND %(last)s
ORDER BY day, n, place;

-- Balances: what was there, and every move since, in the order of days; securities live with the market.
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
    WHERE %(detail)s AND b.habit = 'trader' AND b.held AND d.session IS NOT NULL AND d.day <= %(last)s
), balances AS (
    SELECT p.n, p.day, sum(coalesce(m.cash, 0)) OVER later AS cash, sum(coalesce(m.units, 0)) OVER later AS units
    FROM points AS p LEFT JOIN moves AS m ON m.n = p.n AND m.day = p.day
    WINDOW later AS (PARTITION BY p.n ORDER BY p.day)
)
SELECT b.client_id, x.day, b.cash0 + x.cash,
       round((b.sec0 / round(exp(b.level0)::numeric, 9) + x.units) * round(exp(b.beta * ln(d.market))::numeric, 9), 2)
FROM balances AS x JOIN demo_base AS b ON b.n = x.n JOIN demo_day AS d ON d.day = x.day
WHERE x.day BETWEEN %(first)s AND %(last)s
  AND (%(detail)s OR x.day = (%(month)s::date + interval '1 month - 1 day')::date)
ORDER BY x.day, b.client_id;

-- Found first and set aside: a young table has no statistics, and the join would be made the slow way round.
WITH closing AS MATERIALIZED (
    SELECT client_id, closes_on FROM demo_base WHERE story = 'close' AND closes_on BETWEEN %(first)s AND %(last)s
)
UPDATE clients_client AS c SET status = 'closed', closed_on = b.closes_on
FROM closing AS b WHERE c.id = b.client_id;
