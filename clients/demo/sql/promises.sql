-- What clients were promised in the contacts of the days from first to last, and what came of it by last; one promise
-- that is due the day after. In: first, last.

INSERT INTO clients_followup (client_id, record_id, what, due_at, owner_id, state, created_at, created_by_id, result)
SELECT r.client_id, r.id,
       CASE r.topic WHEN '佣金费率' THEN '答复佣金调整申请的结果' WHEN '大额转出' THEN '回电告知佣金方案与理财安排'
                    WHEN '预约面谈' THEN '到营业部面谈资产配置' WHEN '产品介绍' THEN '寄送产品说明并回电'
                    ELSE '由客户经理回电，了解服务意见' END,
       pg_temp.at(d.due + CASE extract(isodow FROM d.due) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END,
                  CASE WHEN d.early THEN 10.5 ELSE 17 END * 3600),
       m.id, 'open', r.occurred_at, r.staff_id, ''
FROM clients_servicerecord AS r
JOIN clients_client AS c ON c.id = r.client_id
JOIN crm_user AS m ON m.id = c.manager_id AND m.is_active AND m.left_on IS NULL
CROSS JOIN LATERAL (
    SELECT (r.occurred_at AT TIME ZONE 'Asia/Shanghai')::date
               + pg_temp.draw(hashtextextended(r.record_no, 0), 'promise due', 0, 6) AS due,
           pg_temp.chance(hashtextextended(r.record_no, 0), 'promise early') < 0.4 AS early
) AS d
WHERE r.source = 'feed' AND (r.outcome IN ('待跟进', '已预约') OR r.topic = '佣金费率') AND c.status = 'active'
  AND r.occurred_at >= %(first)s::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND r.occurred_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
ORDER BY r.id;

-- Nine of ten are kept an hour or so before the time, the others up to three days late; a few are no longer needed.
UPDATE clients_followup AS promise
SET state = CASE WHEN fate.chance < 0.06 THEN 'dropped' ELSE 'done' END,
    ended_at = fate.ended_at, ended_by_id = promise.owner_id,
    result = CASE WHEN fate.chance < 0.06 THEN '客户表示不再需要' ELSE '已联系客户，客户表示满意' END
FROM (
    SELECT f.id, late.chance,
           greatest(f.created_at + interval '20 minutes', f.due_at + interval '1 second' *
               CASE WHEN late.chance < 0.9 THEN -5400 * late.by ELSE 18000 + 241200 * late.by END) AS ended_at
    FROM clients_followup AS f
    JOIN clients_servicerecord AS r ON r.id = f.record_id
    CROSS JOIN LATERAL (SELECT pg_temp.chance(hashtextextended(r.record_no, 0), 'promise kept') AS chance,
                               pg_temp.chance(hashtextextended(r.record_no, 0), 'kept at') AS by) AS late
    WHERE f.state = 'open' AND r.source = 'feed'
) AS fate
WHERE promise.id = fate.id AND fate.ended_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai';
