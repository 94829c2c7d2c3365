-- What sleepers did last: a sale and a transfer out, three and a half to four and a half years before the start.

DROP TABLE IF EXISTS demo_farewell;
CREATE TEMP TABLE demo_farewell AS
SELECT c.*, s.symbol, s.exchange,
       100 * pg_temp.draw(n, 'last quantity', 0, 40) AS quantity,
       round((s.base_price * (0.85 + 0.3 * pg_temp.chance(n, 'last price')))::numeric, s.decimals) AS price
FROM (SELECT n, client_id, opened_on,
             (SELECT d::date FROM generate_series(day, day + 4, '1 day') AS d
              LEFT JOIN crm_calendarday AS k ON k.day = d::date
              WHERE coalesce(k.exchange_open, extract(isodow FROM d) < 6) ORDER BY d LIMIT 1) AS day
      FROM (SELECT *, %(start)s::date - 1280 - floor(360 * pg_temp.chance(n, 'last trade'))::integer AS day
            FROM demo_client WHERE habit = 'sleeper' AND pg_temp.chance(n, 'left early') < 0.5) AS x) AS c
JOIN demo_symbol AS s ON s.slot = pg_temp.draw(n, 'last symbol', 0, 24) AND s.board = ''
WHERE c.day IS NOT NULL AND c.opened_on < c.day;

SELECT clients_ensure_months('clients_trade', min(day), max(day)),
       clients_ensure_months('clients_cashflow', min(day), max(day))
FROM demo_farewell HAVING count(*) > 0;

INSERT INTO clients_trade (
    trade_no, client_id, day, traded_at, market, symbol, side, quantity, amount, commission, channel, order_no)
SELECT to_char(day, 'YYMMDD') || lpad(n::text, 7, '0') || '0011', client_id, day,
       pg_temp.at(day, 34200 + 7000 * pg_temp.chance(n, 'last time')), exchange, symbol, 'sell', quantity,
       round(quantity * price, 2), greatest(5, round(quantity * price * 0.0003, 2)), 'web',
       to_char(day, 'YYMMDD') || lpad(n::text, 7, '0') || '001'
FROM demo_farewell ORDER BY day, n;

INSERT INTO clients_cashflow (flow_no, client_id, day, occurred_at, direction, amount, kind)
SELECT to_char(day, 'YYMMDD') || lpad(n::text, 7, '0') || '1', client_id, day,
       pg_temp.at(day, 53000), 'out', round(quantity * price, 2), '银证转出'
FROM demo_farewell ORDER BY day, n;
