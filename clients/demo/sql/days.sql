-- The calendar around one month, and what the market did. In: month (its first day).
-- demo_day: every day from ten days before the month to its end; demo_price: every symbol on every exchange day.

DROP TABLE IF EXISTS demo_day, demo_price;
CREATE TEMP TABLE demo_day AS
WITH calendar AS (
    -- The exchange's open days since 2020 are numbered; a day on which it is closed has the number of the last one.
    SELECT d::date AS day,
           coalesce(c.exchange_open, extract(isodow FROM d) < 6) AS open,
           coalesce(c.working, extract(isodow FROM d) < 6) AS working
    FROM generate_series('2020-01-01'::date, (%(month)s::date + interval '1 month - 1 day')::date, '1 day') AS d
    LEFT JOIN crm_calendarday AS c ON c.day = d::date
), numbered AS (
    SELECT day, open, working, count(*) FILTER (WHERE open) OVER (ORDER BY day) AS ordinal FROM calendar
)
SELECT day, open, working, ordinal,
       -- Long and short waves and a little noise: wiggles like a market, within 14 per cent of where it began.
       exp(0.050 * sin(ordinal / 63.2) + 0.030 * sin(ordinal / 22.4 + 1) + 0.015 * sin(ordinal / 8.4 + 2)
           + 0.008 * sin(ordinal / 2.7) + 0.006 * (pg_temp.chance(ordinal, 'market') - 0.5)) AS market,
       CASE WHEN open AND day >= %(month)s THEN
           count(*) FILTER (WHERE open AND day >= %(month)s) OVER (ORDER BY day)
       END AS session,  -- the how-manieth exchange day of the month
       count(*) FILTER (WHERE open AND day >= %(month)s) OVER () AS sessions
FROM numbered
WHERE day >= %(month)s::date - 10;
CREATE UNIQUE INDEX ON demo_day (day);
CREATE INDEX ON demo_day (session);
ANALYZE demo_day;

CREATE TEMP TABLE demo_price AS
SELECT s.slot, s.symbol, s.exchange, d.day,
       greatest(0.01, round((s.base_price * d.market
           * (1 + 0.05 * sin(d.ordinal / (5 + 3 * pg_temp.chance(s.slot, 'wave')) + s.slot)
                + 0.012 * (pg_temp.chance(s.slot, 'noise', d.ordinal) - 0.5)))::numeric, s.decimals)) AS price
FROM demo_symbol AS s CROSS JOIN demo_day AS d
WHERE d.session IS NOT NULL;
CREATE UNIQUE INDEX ON demo_price (slot, day);
ANALYZE demo_price;
