-- The month's orders and their fills. In: month, orders_at_least, orders_spread (a trader's), investor_orders (mean).
-- Ordinary orders come in pairs: what is bought is sold again or the other way round, in the same quantity; so a client
-- neither runs out of cash nor of securities. Every plan keeps within the cash of the evening before the month.

DROP TABLE IF EXISTS demo_plan, demo_order, demo_fill;
-- One row a group of orders: how many, for how much each, and on which exchange days.
CREATE TEMP TABLE demo_plan AS
WITH ordinary AS (
    SELECT b.*, cash0::float8 > cash_share * total0 AS buys_first,
           CASE WHEN habit = 'trader' THEN %(orders_at_least)s + pg_temp.draw(n, 'orders', ym, %(orders_spread)s)
                ELSE least(8, floor(-ln(1 - pg_temp.chance(n, 'orders', ym)) * %(investor_orders)s))
           END::integer AS orders,
           total0 * (0.03 + 0.10 * pg_temp.chance(n, 'order size', ym)) AS size
    FROM demo_base AS b
    WHERE habit IN ('trader', 'investor') AND held AND coalesce(story, '') NOT IN ('leave', 'outflow', 'burst')
), capped AS (
    SELECT *, least(size, CASE WHEN buys_first THEN 0.3 * cash0::float8
                               ELSE least(0.3 * sec0::float8, 4 * cash0::float8) END) AS amount
    FROM ordinary
)
SELECT n, 'pairs' AS plan, orders, buys_first, NULL::integer AS session, amount
FROM capped WHERE NOT buys_first OR sec0::float8 > 2 * amount
UNION ALL
-- Who holds hardly anything yet only buys.
SELECT n, 'buy', least(orders, 3), true, NULL, least(size, 0.2 * cash0::float8)
FROM capped WHERE buys_first AND sec0::float8 <= 2 * amount
UNION ALL
SELECT n, 'burst', 20 + pg_temp.draw(n, 'orders', ym, 14), false, story_session,
       least(0.03 * total0, 0.3 * sec0::float8, 4 * cash0::float8)
FROM demo_base WHERE story = 'burst'
UNION ALL
-- What goes out is sold the exchange day before.
SELECT n, 'sell', parts, false, story_session - 1, (1.002 * (story_amount - 0.9 * cash0::float8) + 50) / parts
FROM (SELECT *, pg_temp.draw(n, 'parts', ym, 4) AS parts FROM demo_base) AS b
WHERE story IN ('leave', 'outflow') AND story_amount > 0.9 * cash0::float8
UNION ALL
-- What came in is invested over the next days; too much cash is, too, and some is made where there is too little.
SELECT n, 'buy', 3, true, NULL, 0.2 * story_amount
FROM demo_base WHERE story IN ('arrive', 'inflow') AND habit IN ('trader', 'investor')
UNION ALL
SELECT n, 'buy', 1, true, NULL, 0.4 * (cash0::float8 - (cash_share + 0.15) * total0)
FROM demo_base WHERE habit IN ('trader', 'investor') AND story IS NULL AND cash0::float8 > (cash_share + 0.16) * total0
UNION ALL
SELECT n, 'sell', 1, false, NULL, 0.08 * sec0::float8
FROM demo_base WHERE habit IN ('trader', 'investor') AND story IS NULL AND cash0::float8 < 0.025 * total0;

-- One row an order; `pair` binds two of them. Cheap securities for small sums, always a handful of lots.
CREATE TEMP TABLE demo_order AS
WITH dated AS MATERIALIZED (
    SELECT p.n, p.plan, p.amount, p.buys_first, i,
           coalesce(p.session, CASE
               WHEN p.plan = 'buy' AND b.story = 'inflow'
                   THEN b.story_session + pg_temp.draw(p.n, 'buy day', b.ym * 100 + i, 5)
               WHEN p.plan = 'buy' AND b.story = 'arrive' THEN
                   (SELECT min(session) FROM demo_day WHERE day > b.funded_on)
                   + pg_temp.draw(p.n, 'buy day', b.ym * 100 + i, 8) - 1
               ELSE pg_temp.draw(p.n, p.plan, b.ym * 100 + i, b.sessions) END) AS session,
           b.ym, b.client_id, b.rate, b.chinext_from, b.star_from, b.bse_from
    FROM demo_plan AS p JOIN demo_base AS b ON b.n = p.n CROSS JOIN LATERAL generate_series(1, p.orders) AS i
    WHERE p.amount >= 500
), ranked AS (
    SELECT d.*, row_number() OVER turn AS rank, lag(d.session) OVER turn AS session_before
    FROM dated AS d
    WINDOW turn AS (PARTITION BY d.n, d.plan ORDER BY d.session, d.i, d.amount)
), settled AS (
    -- What was bought today is sold tomorrow at the earliest (T+1).
    SELECT r.*, k.day
    FROM ranked AS r
    JOIN demo_day AS k ON k.session = r.session + CASE WHEN plan = 'pairs' AND buys_first AND mod(rank, 2) = 0
                                                            AND session_before = r.session THEN 1 ELSE 0 END
), chosen AS (
    SELECT r.*, (r.rank + 1) / 2 AS pair, mod(r.rank, 2) = 1 AS opens,
           -- Everybody has a few favourites among what his orders' size can buy.
           pg_temp.draw(n, 'favourite', pg_temp.draw(n, r.plan || ' pair', ym * 100 + (rank + 1) / 2, 5),
                        greatest(1, width_bucket(amount / 500, %(base_prices)s::float8[]))) AS wanted_slot
    FROM settled AS r
), allowed AS (
    SELECT c.*, CASE WHEN s.board = '' OR c.day > CASE s.board WHEN 'chinext' THEN c.chinext_from
                                                          WHEN 'star' THEN c.star_from ELSE c.bse_from END + 7
                     THEN s.slot ELSE s.slot_for_all END AS slot
    FROM chosen AS c JOIN demo_symbol AS s ON s.slot = c.wanted_slot
), sized AS (
    SELECT a.*, p.symbol, p.exchange, p.price, s.base_price,
           CASE plan WHEN 'buy' THEN 'buy' WHEN 'sell' THEN 'sell'
                ELSE CASE WHEN buys_first = opens THEN 'buy' ELSE 'sell' END END AS side,
           -- Lots of 100: what a pair opens with; who buys back takes a little less, prices may have risen.
           CASE WHEN plan = 'sell'
                THEN ceil(amount * (1 + 0.08 * pg_temp.chance(n, 'lots', ym * 100 + rank)) / p.price::float8 / 100)
                WHEN plan = 'buy' THEN greatest(1, floor(amount / p.price::float8 / 100))
                ELSE greatest(1, floor(amount * (0.5 + 0.5 * pg_temp.chance(n, 'lots', ym * 100 + pair))
                                       / s.base_price / 1.25 / 100)
                                 * CASE WHEN buys_first OR opens THEN 1 ELSE 0.94 END)
           END::integer AS lots
    FROM allowed AS a
    JOIN demo_symbol AS s ON s.slot = a.slot
    JOIN demo_price AS p ON p.slot = a.slot AND p.day = a.day
)
SELECT n, client_id, day, side, symbol, exchange, price, lots, rate, ym,
       row_number() OVER (PARTITION BY n, day ORDER BY plan, rank) AS place,
       count(*) OVER (PARTITION BY n, day) AS places
FROM sized;

-- Large orders are filled in parts.
CREATE TEMP TABLE demo_fill AS
SELECT x.*, greatest(CASE WHEN f = 1 THEN 5.00 ELSE 0.01 END, round((amount * rate::numeric), 2)) AS commission
FROM (
SELECT o.*, f, to_char(day, 'YYMMDD') || lpad(n::text, 7, '0') || lpad(place::text, 3, '0') AS order_no,
       100 * ((lots * f) / fills - (lots * (f - 1)) / fills) AS quantity,
       round(100 * ((lots * f) / fills - (lots * (f - 1)) / fills) * price, 2) AS amount,
       -- Four hours of trading with a break at noon; the orders of a day keep their turn.
       ((place - 1 + 0.8 * pg_temp.chance(n, 'time', (day - '2020-01-01') * 100 + place)) / places * 14100
        + f * 4)::float8 AS elapsed
FROM (SELECT *, least(lots, CASE WHEN pg_temp.chance(n, 'fills', (day - '2020-01-01') * 100 + place) < %(split)s
                                 THEN 1 + pg_temp.draw(n, 'parts filled', (day - '2020-01-01') * 100 + place, 3)
                                 ELSE 1 END) AS fills
      FROM demo_order) AS o
CROSS JOIN LATERAL generate_series(1, fills) AS f) AS x;
ANALYZE demo_fill;
