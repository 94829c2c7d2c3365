-- The plans of the month become facts, for the days from first to last. In: month, first, last.

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

-- Found first and set aside: a young table has no statistics, and the join would be made the slow way round.
WITH closing AS MATERIALIZED (
    SELECT client_id, closes_on FROM demo_base WHERE story = 'close' AND closes_on BETWEEN %(first)s AND %(last)s
)
UPDATE clients_client AS c SET status = 'closed', closed_on = b.closes_on
FROM closing AS b WHERE c.id = b.client_id;
UPDATE demo_client AS c SET closed_on = b.closes_on
FROM demo_base AS b
WHERE c.n = b.n AND b.story = 'close' AND b.closes_on BETWEEN %(first)s AND %(last)s;
