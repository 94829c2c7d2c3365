-- The clients themselves: demo_identity in clear, demo_hidden what may be stored of it. In: nothing.
-- Standings and history rows come by the tables' own triggers.

INSERT INTO clients_client (
    client_no, name, name_initials, name_grams, kind, gender, birth_date, id_type,
    id_number_sealed, id_number_digest, id_number_masked, phone_sealed, phone_digest, phone_masked,
    phone_tail_digest, email_sealed, email_digest, email_masked,
    address_sealed, address_digest, address_masked,
    contact_person, branch_id, opened_on, status, closed_on, manager_id, introducer_id, investor_class)
SELECT i.client_no, i.name, h.name_initials, h.name_grams, i.kind, i.gender, i.birth_date, i.id_type,
       h.id_number_sealed, h.id_number_digest, h.id_number_masked, h.phone_sealed, h.phone_digest, h.phone_masked,
       h.phone_tail_digest, h.email_sealed, h.email_digest, h.email_masked,
       h.address_sealed, h.address_digest, h.address_masked,
       i.contact_person, i.branch_id, i.opened_on, i.status, i.closed_on, i.manager_id, i.introducer_id,
       i.investor_class
FROM demo_identity AS i JOIN demo_hidden AS h ON h.n = i.n
ORDER BY i.n;

-- A third of the clients have told us what they wish.
INSERT INTO clients_clientwishes (
    client_id, preferred_name, preferred_hours, declared_preference, horizon, interests, needs, opt_outs,
    call_days)
SELECT c.id,
       CASE WHEN i.kind = 'institution' THEN i.contact_person
            WHEN pg_temp.chance(i.n, 'called') < 0.5 THEN
                left(i.name, CASE WHEN left(i.name, 2) IN (SELECT name FROM demo_surname WHERE length(name) = 2)
                                  THEN 2 ELSE 1 END)
                || CASE WHEN i.birth_date < i.opened_on - 21900 THEN '老师' WHEN i.gender = 'male' THEN '先生'
                        ELSE '女士' END
            ELSE '' END,
       (ARRAY['工作日上午', '工作日 16:00 以后', '午休时间 12:00–13:00', '收盘后', '周末白天', '请先发短信', ''])
           [pg_temp.draw(i.n, 'hours', 0, 7)],
       (ARRAY['conservative', 'steady', 'steady', 'aggressive', ''])[pg_temp.draw(i.n, 'preference', 0, 5)],
       (ARRAY['short', 'medium', 'medium', 'long', ''])[pg_temp.draw(i.n, 'horizon', 0, 5)],
       CASE pg_temp.draw(i.n, 'interests', 0, 6)
            WHEN 1 THEN ARRAY['股票'] WHEN 2 THEN ARRAY['基金定投', '债券'] WHEN 3 THEN ARRAY['ETF', '打新']
            WHEN 4 THEN ARRAY['港股通', '股票'] WHEN 5 THEN ARRAY['国债逆回购'] ELSE ARRAY['理财产品', '基金定投'] END,
       (ARRAY['希望每周收到一次研究摘要', '子女教育金，三至五年内不动用', '想了解养老金账户', '关注佣金费率',
              '退休后每月有固定现金流', '', '', ''])[pg_temp.draw(i.n, 'needs', 0, 8)],
       '{}', ''
FROM demo_identity AS i JOIN clients_client AS c ON c.client_no = i.client_no
WHERE i.status <> 'closed' AND pg_temp.chance(i.n, 'wishes') < 0.34;
