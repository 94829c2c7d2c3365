-- How every demo client behaves: the same answer whenever it is asked, from the running number and the opening alone.
-- In: start, most (the highest running number there can be), trader_share.
-- demo_client: one row a client that was open on some day since the start.
-- habit: trader, investor, idle (never trades), sleeper (once active, empty since before the start).

DROP TABLE IF EXISTS demo_client;
CREATE TEMP TABLE demo_client AS
WITH ours AS (
    SELECT c.id AS client_id, pg_temp.client_n(c.client_no) AS n, c.client_no, c.opened_on, c.closed_on, c.kind,
           c.branch_id, c.manager_id, c.investor_class
    FROM clients_client AS c
    WHERE c.client_no ~ '^1080[0-9]{8}$' AND (c.closed_on IS NULL OR c.closed_on >= %(start)s)
      AND c.branch_id IN (SELECT branch_id FROM demo_branch)
)
SELECT n, client_id, client_no, opened_on, closed_on, kind, branch_id, manager_id,
       CASE WHEN opened_on < %(start)s::date - 700 AND pg_temp.chance(n, 'sleeper') < 0.120 THEN 'sleeper'
            WHEN pg_temp.chance(n, 'idle') < 0.036 THEN 'idle'
            WHEN pg_temp.chance(n, 'trader') < %(trader_share)s THEN 'trader'
            ELSE 'investor' END AS habit,
       pg_temp.wealth(pg_temp.chance(n, 'wealth')) * CASE WHEN kind = 'institution' THEN 3 ELSE 1 END AS wealth,
       0.7 + 0.6 * pg_temp.chance(n, 'beta') AS beta,                             -- moves with the market
       0.06 + 0.40 * power(pg_temp.chance(n, 'cash'), 2) AS cash_share,            -- of all assets, in ordinary times
       0.00012 + 0.00018 * pg_temp.chance(n, 'rate') AS rate,                      -- commission per CNY traded
       -- The day on which money first comes in: within four days of the opening, or on the Monday after.
       CASE WHEN pg_temp.chance(n, 'idle') < 0.036 AND pg_temp.chance(n, 'funded') < 0.25 THEN NULL
            WHEN extract(isodow FROM opened_on + pg_temp.draw(n, 'funding', 0, 4) - 1) > 5
            THEN date_trunc('week', opened_on + pg_temp.draw(n, 'funding', 0, 4) + 6)::date
            ELSE opened_on + pg_temp.draw(n, 'funding', 0, 4) - 1 END AS funded_on,
       -- From this day on a permission may be used; null for who never asked or was refused.
       CASE WHEN pg_temp.chance(n, 'chinext') < 0.30 * 0.85
            THEN opened_on + 28 + floor(1500 * pg_temp.chance(n, 'chinext day'))::integer END AS chinext_from,
       CASE WHEN pg_temp.chance(n, 'star') < 0.10 * 0.85
            THEN opened_on + 28 + floor(1500 * pg_temp.chance(n, 'star day'))::integer END AS star_from,
       CASE WHEN pg_temp.chance(n, 'bse') < 0.06 * 0.85
            THEN opened_on + 28 + floor(1500 * pg_temp.chance(n, 'bse day'))::integer END AS bse_from
FROM ours
WHERE n BETWEEN 1 AND %(most)s;
CREATE UNIQUE INDEX ON demo_client (n);
CREATE UNIQUE INDEX ON demo_client (client_id);
ANALYZE demo_client;
