-- Risk assessments dated from first to last. In: first, last.
-- Most clients are assessed again about when two years are over, some months too late; some old clients never were.

INSERT INTO clients_riskassessment (client_id, assessed_on, level, score, valid_until)
WITH series AS MATERIALIZED (
    SELECT c.*, k, opened_on + CASE k WHEN 0 THEN 0
               ELSE 731 * k + CASE WHEN pg_temp.chance(n, 'late', k) < 0.28
                                   THEN 20 + floor(400 * pg_temp.chance(n, 'by', k))
                                   ELSE floor(36 * pg_temp.chance(n, 'by', k)) - 28 END
               END::integer AS assessed_on
    FROM demo_client AS c
    CROSS JOIN LATERAL generate_series(greatest(0, (%(first)s::date - opened_on - 420) / 731),
                                       (%(last)s::date - opened_on + 28) / 731) AS k
    WHERE NOT (pg_temp.chance(n, 'unassessed') < CASE habit WHEN 'sleeper' THEN 0.4 ELSE 0.06 END
               AND opened_on < '2017-07-01')
), rated AS MATERIALIZED (
    -- Who trades much or on a board with conditions bears more risk: from about C3 upwards.
    SELECT s.*, width_bucket(least(0.999, greatest(0, CASE WHEN bold THEN 0.36 + 0.64 * u ELSE u END)),
                             ARRAY[0, 0.03, 0.12, 0.36, 0.72, 0.93]::float8[]) AS band
    FROM (SELECT *, habit = 'trader' OR coalesce(chinext_from, star_from, bse_from) IS NOT NULL AS bold,
                 pg_temp.chance(n, 'risk') + 0.2 * (pg_temp.chance(n, 'risk', k) - 0.5) AS u
          FROM series) AS s
    WHERE assessed_on BETWEEN %(first)s AND %(last)s AND (closed_on IS NULL OR assessed_on < closed_on)
)
SELECT client_id, assessed_on, (ARRAY['C1-lowest', 'C1', 'C2', 'C3', 'C4', 'C5'])[band],
       (ARRAY[0, 1, 20, 37, 54, 83])[band]
           + floor((ARRAY[1, 19, 17, 17, 29, 18])[band] * pg_temp.chance(n, 'score', k)),
       (assessed_on + interval '24 months')::date
FROM rated
ORDER BY assessed_on, n;
