-- Alerts and service records of one month, for the days from first to last. In: month, first, last.

INSERT INTO clients_alert (alert_no, client_id, raised_on, source, kind, summary, closed_on)
WITH raised AS (
    SELECT n, client_id,
           (SELECT day FROM demo_day AS d WHERE d.session = pg_temp.draw(n, 'alert day', ym, sessions)) AS day,
           CASE WHEN habit = 'trader' THEN pg_temp.draw(n, 'alert kind', ym, 9)
                ELSE 3 + pg_temp.draw(n, 'alert kind', ym, 6) END AS slot
    FROM demo_base
    WHERE habit <> 'sleeper' AND held
      AND pg_temp.chance(n, 'alert', ym) < CASE habit WHEN 'trader' THEN 0.022 ELSE 0.006 END
    UNION ALL
    SELECT b.n, b.client_id, d.day, 10 FROM demo_base AS b JOIN demo_day AS d ON d.session = b.story_session
    WHERE story IN ('leave', 'outflow', 'wake') AND story_amount >= 300000 AND pg_temp.chance(n, 'watched', ym) < 0.3
), dated AS (
    SELECT DISTINCT ON (n) n, client_id, day, slot FROM raised ORDER BY n, slot DESC
)
SELECT 'A' || to_char(d.day, 'YYMMDD') || lpad(n::text, 7, '0'), client_id, d.day, k.source, k.kind, k.summary, NULL
FROM dated AS d JOIN demo_alert_kind AS k ON k.slot = d.slot
WHERE d.day BETWEEN %(first)s AND %(last)s
ORDER BY d.day, n;

-- An alert is dealt with after two to twenty days.
UPDATE clients_alert AS a
SET closed_on = raised_on + 1 + pg_temp.draw(hashtextextended(alert_no, 0), 'alert closed', 0, 19)
FROM demo_client AS c
WHERE c.client_id = a.client_id AND a.closed_on IS NULL AND a.alert_no ~ '^A[0-9]{13}$'
  AND raised_on + 1 + pg_temp.draw(hashtextextended(alert_no, 0), 'alert closed', 0, 19) <= %(last)s;

INSERT INTO clients_servicerecord (
    record_no, client_id, occurred_at, channel, direction, staff_no, staff_id, duration_seconds, wait_seconds, topic,
    summary, outcome)
WITH contacts AS (
    SELECT n, client_id, branch_id, manager_id, ym,
           (SELECT day FROM demo_day AS d
            WHERE d.session = pg_temp.draw(n, 'contact day', ym * 10 + g, sessions)) AS day,
           pg_temp.draw(n, 'topic', ym * 10 + g, (SELECT count(*) FROM demo_topic WHERE occasion = 'any')) AS slot,
           'any' AS occasion, g AS place
    FROM demo_base CROSS JOIN generate_series(1, 2) AS g
    WHERE pg_temp.chance(n, 'contact', ym * 10 + g)
          < CASE habit WHEN 'trader' THEN 0.11 WHEN 'investor' THEN 0.05 ELSE 0.02 END
    UNION ALL
    SELECT b.n, b.client_id, b.branch_id, b.manager_id, ym, d.day,
           pg_temp.draw(n, 'topic', ym * 10, (SELECT count(*) FROM demo_topic WHERE occasion = 'leave')), 'leave', 3
    FROM demo_base AS b JOIN demo_day AS d ON d.session = b.story_session + 1
    WHERE story IN ('leave', 'outflow') AND pg_temp.chance(n, 'asked why', ym) < 0.35
    UNION ALL
    SELECT b.n, b.client_id, b.branch_id, b.manager_id, ym,
           (SELECT min(day) FROM demo_day AS d WHERE d.day > b.opened_on AND d.working AND d.day >= %(month)s), 1,
           'new', 4
    FROM demo_base AS b
    WHERE b.opened_on >= %(month)s AND pg_temp.chance(n, 'welcome') < 0.7
), served AS (
    SELECT c.*, t.pool, t.channel, t.direction, t.topic, t.summary, t.outcome,
           CASE WHEN t.pool = 'manager' AND c.manager_id = ANY (s.ids) THEN c.manager_id
                ELSE s.ids[pg_temp.draw(c.n, 'served by', c.ym * 10 + c.place, cardinality(s.ids))] END AS staff_id
    FROM contacts AS c
    JOIN demo_topic AS t ON t.occasion = c.occasion AND t.slot = c.slot
    JOIN demo_staff AS s ON s.pool = t.pool AND s.branch_id = c.branch_id
    WHERE c.day BETWEEN %(first)s AND %(last)s
)
SELECT 'R' || to_char(s.day, 'YYMMDD') || lpad(n::text, 7, '0') || place, client_id,
       pg_temp.at(s.day, 32700 + 29000 * pg_temp.chance(n, 'contact time', ym * 10 + place)), channel, direction,
       u.staff_no, u.id,
       CASE WHEN outcome = '未接通' THEN 15 + pg_temp.draw(n, 'ringing', ym, 30)
            WHEN channel IN ('phone', 'visit') THEN
           40 + floor(620 * power(pg_temp.chance(n, 'talk', ym * 10 + place), 2)) END,
       CASE WHEN pool = 'agent' AND direction = 'inbound' THEN
           floor(95 * power(pg_temp.chance(n, 'wait', ym * 10 + place), 3)) END,
       topic, summary, outcome
FROM served AS s JOIN crm_user AS u ON u.id = s.staff_id
ORDER BY s.day, n, place;

-- Callers whom nobody knew.
INSERT INTO clients_servicerecord (
    record_no, client_id, occurred_at, channel, direction, staff_no, staff_id, duration_seconds, wait_seconds, topic,
    summary, outcome)
SELECT 'R' || to_char(d.day, 'YYMMDD') || '00000001', NULL,
       pg_temp.at(d.day, 34000 + 27000 * pg_temp.chance(d.ordinal, 'caller')),
       'phone', 'inbound', u.staff_no, u.id, 35 + pg_temp.draw(d.ordinal, 'caller talk', 0, 300),
       pg_temp.draw(d.ordinal, 'caller wait', 0, 60),
       '开户咨询', (ARRAY['咨询开户条件与所需材料', '询问佣金标准', '询问营业部地址与营业时间', '核实来电是否为本公司员工'])
                       [pg_temp.draw(d.ordinal, 'caller topic', 0, 4)], '已解答'
FROM demo_day AS d
JOIN (SELECT ids FROM demo_staff WHERE pool = 'agent' LIMIT 1) AS s ON true
JOIN crm_user AS u ON u.id = s.ids[pg_temp.draw(d.ordinal, 'caller agent', 0, cardinality(s.ids))]
WHERE d.session IS NOT NULL AND d.day BETWEEN %(first)s AND %(last)s AND pg_temp.chance(d.ordinal, 'caller comes') < 0.4
ORDER BY d.day;
