-- For everybody who looks after clients: something to keep on the day after last, and a note about that client.
-- In: last.

WITH one AS (
    SELECT DISTINCT ON (c.manager_id) c.id, c.manager_id, c.client_no
    FROM clients_client AS c
    JOIN crm_user AS m ON m.id = c.manager_id AND m.is_active AND m.left_on IS NULL
    JOIN clients_standing AS s ON s.client_id = c.id
    WHERE c.status = 'active'
    ORDER BY c.manager_id, hashtextextended(c.client_no, 7)
), noted AS (
    INSERT INTO clients_clientnote (client_id, text, by_id, at)
    SELECT id, (ARRAY['客户习惯晚上看短信，白天不便接听电话。', '配偶也是本营业部客户，资产配置希望一并考虑。',
                      '关注养老类产品，女儿在读大学，流动性要求较高。'])[1 + mod(id, 3)],
           manager_id, pg_temp.at(%(last)s, 39600)
    FROM one
)
INSERT INTO clients_followup (client_id, what, due_at, owner_id, state, created_at, created_by_id, result)
SELECT id, (ARRAY['回电说明风险测评到期后的办理方式', '把研究摘要发给客户并回电', '确认面谈时间'])[1 + mod(id, 3)],
       pg_temp.at(%(last)s::date + 1, 16.5 * 3600), manager_id, 'open', pg_temp.at(%(last)s, 39600), manager_id, ''
FROM one
ORDER BY client_no;
