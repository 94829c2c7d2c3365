-- What each client has at the start of a month, and whether the month has a story. In: month, stories (how frequent).
-- All plans of a month hang on the snapshots of the evening before it and on chance, never on the day up to which
-- facts are wanted: a month made in one go and a month made day by day are the same.
-- Stories: arrive (first money), leave (most of it goes), outflow, inflow, burst (a day of hectic trading), wake (a
-- sleeper's account gets money), close (an empty account is closed).

DROP TABLE IF EXISTS demo_base;
CREATE TEMP TABLE demo_base AS
WITH opening AS (
    SELECT c.*, coalesce(a.cash, 0) AS cash0, coalesce(a.securities, 0) AS sec0,
           (coalesce(a.cash, 0) + coalesce(a.securities, 0))::float8 AS total0, a.client_id IS NOT NULL AS held,
           (c.beta * ln((SELECT market FROM demo_day WHERE day = %(month)s::date - 1)))::float8 AS level0,
           to_char(%(month)s::date, 'YYYYMM')::integer AS ym,
           (SELECT max(sessions) FROM demo_day)::integer AS sessions
    FROM demo_client AS c
    LEFT JOIN clients_assetsnapshot AS a ON a.client_id = c.client_id AND a.day = %(month)s::date - 1
    WHERE c.opened_on < %(month)s::date + interval '1 month' AND (c.closed_on IS NULL OR c.closed_on >= %(month)s)
), tossed AS MATERIALIZED (
    SELECT o.*, pg_temp.chance(n, 'story', ym) AS toss,
           CASE WHEN habit IN ('investor', 'trader') THEN total0 / wealth END AS fullness
    FROM opening AS o
), told AS MATERIALIZED (
    SELECT t.*,
           CASE WHEN funded_on BETWEEN %(month)s::date AND (%(month)s::date + interval '1 month - 1 day')::date
                    AND NOT held THEN 'arrive'
                WHEN habit IN ('sleeper', 'idle') AND total0 < 100 AND opened_on < %(month)s::date - 60 THEN
                    CASE WHEN toss < 0.012 * %(stories)s THEN 'close'
                         WHEN toss > 1 - 0.003 * %(stories)s THEN 'wake' END
                WHEN fullness IS NULL OR NOT held THEN NULL
                WHEN fullness < 0.5 AND toss < 0.10 * %(stories)s THEN 'inflow'
                WHEN fullness < 0.5 THEN NULL
                WHEN total0 > 60000 AND toss < 0.036 * %(stories)s THEN 'leave'
                WHEN total0 > 150000 AND toss < 0.050 * %(stories)s THEN 'outflow'
                WHEN toss < 0.060 * %(stories)s AND toss >= 0.050 * %(stories)s THEN 'inflow'
                WHEN toss < 0.070 * %(stories)s AND toss >= 0.060 * %(stories)s AND habit = 'investor'
                    AND total0 > 100000 THEN 'burst'
           END AS story
    FROM tossed AS t
)
SELECT t.*,
       -- On the first exchange day of a month nobody can have sold on the day before it.
       CASE WHEN story IN ('leave', 'outflow') THEN 1 + pg_temp.draw(n, 'story day', ym, sessions - 1)
            WHEN story IN ('inflow', 'burst', 'wake') THEN pg_temp.draw(n, 'story day', ym, sessions)
       END AS story_session,
       -- In CNY; an outflow is never more than cash and sales can yield.
       CASE story
            WHEN 'leave' THEN floor(least((0.6 + 0.35 * pg_temp.chance(n, 'size', ym)) * total0,
                                          0.93 * cash0::float8 + 0.78 * sec0::float8) / 1000) * 1000
            WHEN 'outflow' THEN floor(least((0.31 + 0.2 * pg_temp.chance(n, 'size', ym)) * total0,
                                            0.93 * cash0::float8 + 0.78 * sec0::float8) / 1000) * 1000
            WHEN 'inflow' THEN greatest(1, round(greatest(wealth * (0.35 + 0.6 * pg_temp.chance(n, 'size', ym)),
                                                          0.33 * total0) / 1000)) * 1000
            WHEN 'wake' THEN greatest(5, round(wealth * 0.5 * pg_temp.chance(n, 'size', ym) / 1000)) * 1000
            WHEN 'arrive' THEN CASE habit
                WHEN 'idle' THEN 100 + round(wealth * 0.1 * pg_temp.chance(n, 'size', ym) / 100) * 100
                ELSE greatest(1, round(wealth * (0.3 + 0.7 * pg_temp.chance(n, 'size', ym)) / 1000)) * 1000 END
       END AS story_amount,
       -- An account is closed on a day of the week, whenever in the month.
       CASE WHEN story = 'close' THEN (SELECT day FROM demo_day AS d
           WHERE d.session = pg_temp.draw(t.n, 'story day', ym, t.sessions)) END AS closes_on
FROM told AS t;
CREATE UNIQUE INDEX ON demo_base (n);
ANALYZE demo_base (n, client_id, habit, story);
