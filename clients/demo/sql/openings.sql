-- Who opened an account when. In: size (clients of the firm as first made), start (first day of its history),
-- until (last day), after (nobody opened on or before this day yet; null when the firm is made), next_n.
-- demo_opening: running number and day. About a quarter came since the start, the others in the twenty years before.

DROP TABLE IF EXISTS demo_opening;
CREATE TEMP TABLE demo_opening (n bigint PRIMARY KEY, opened_on date NOT NULL);

WITH per_day AS (
    -- One account in two thousand a day; fewer on days on which nobody works.
    SELECT d::date AS day,
           floor(%(size)s * 0.00055 * CASE WHEN coalesce(c.working, extract(isodow FROM d) < 6) THEN 1.18 ELSE 0.5 END
                 + pg_temp.chance(d::date - '2000-01-01'::date, 'openings'))::integer AS openings
    FROM generate_series(coalesce(%(after)s::date + 1, %(start)s::date), %(until)s::date, '1 day') AS d
    LEFT JOIN crm_calendarday AS c ON c.day = d::date
), recent AS (
    SELECT day, row_number() OVER (ORDER BY day, g) AS place
    FROM per_day CROSS JOIN LATERAL generate_series(1, openings) AS g
), earlier AS (
    -- Most accounts of the past are from the last ten years. Sundays are moved to Tuesday, Saturdays to Monday.
    SELECT g AS n, %(start)s::date - 1 - floor(7300 * power(pg_temp.chance(g, 'opened'), 1.6))::integer AS day
    FROM generate_series(1, %(size)s - (SELECT count(*) FROM recent)) AS g
    WHERE %(after)s IS NULL
)
INSERT INTO demo_opening (n, opened_on)
SELECT n, CASE WHEN extract(isodow FROM day) > 5 AND day + 2 < %(start)s THEN day + 2 ELSE day END FROM earlier
UNION ALL
SELECT coalesce((SELECT max(n) FROM earlier) + 1, %(next_n)s) + place - 1, day FROM recent;
ANALYZE demo_opening;
