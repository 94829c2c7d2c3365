-- Who the clients of demo_opening are. In: start, leaver (user id), left_on.
-- Of demo_opening, demo_branch, demo_staff, demo_surname, demo_given, demo_word comes demo_identity, in clear.
-- Numbers are valid in form (check digits included); districts in ID numbers have never been given out.

DROP TABLE IF EXISTS demo_identity;
CREATE TEMP TABLE demo_identity AS
WITH drawn AS (
    SELECT o.n, o.opened_on,
           b.branch_id, b.code AS branch_code, b.id_prefix, b.province, b.city, b.districts,
           CASE WHEN pg_temp.chance(o.n, 'institution') < 0.03 THEN 'institution' ELSE 'individual' END AS kind,
           CASE WHEN pg_temp.chance(o.n, 'gender') < 0.53 THEN 'male' ELSE 'female' END AS sex,
           o.opened_on - (6580 + 17000 * power(pg_temp.chance(o.n, 'age'), 1.25))::integer AS born,
           pg_temp.draw(o.n, 'surname', 0, (SELECT count(*) FROM demo_surname)) - 1 AS surname_slot,
           pg_temp.draw(o.n, 'given', 0, %(given_slots)s) - 1 AS given_slot,
           pg_temp.wealth(pg_temp.chance(o.n, 'wealth')) AS wealth
    FROM demo_opening AS o
    JOIN demo_branch AS b ON pg_temp.chance(o.n, 'branch') >= b.lower AND pg_temp.chance(o.n, 'branch') < b.upper
), named AS (
    SELECT d.*, s.name || g.name AS person,
           d.id_prefix || lpad(pg_temp.draw(n, 'district', 0, 12)::text, 2, '0') AS area,
           'institution' = kind AS firm
    FROM drawn AS d
    JOIN demo_surname AS s ON s.slot = d.surname_slot
    JOIN demo_given AS g ON g.gender = d.sex AND g.slot = d.given_slot
     AND g.generation = CASE WHEN born < '1965-01-01' THEN 'early' WHEN born < '1980-01-01' THEN 'middle'
                             WHEN born < '1995-01-01' THEN 'late' ELSE 'new' END
), numbered AS (
    SELECT n.*,
           CASE WHEN firm THEN
               replace(city, '市', '')
               || (SELECT words[pg_temp.draw(n.n, 'word', 0, cardinality(words))] FROM demo_word WHERE kind = 'word')
               || (SELECT words[pg_temp.draw(n.n, 'trade', 0, cardinality(words))] FROM demo_word WHERE kind = 'trade')
               || (SELECT words[pg_temp.draw(n.n, 'form', 0, cardinality(words))] FROM demo_word WHERE kind = 'form')
           ELSE person END AS name,
           CASE WHEN firm THEN '91' || area || lpad((pg_temp.draw(n.n, 'number', 0, 90000000) + 9999999)::text, 8, '0')
           ELSE area || to_char(born, 'YYYYMMDD') || lpad(
               (2 * pg_temp.draw(n.n, 'number', 0, 499) - CASE WHEN sex = 'male' THEN 1 ELSE 0 END)::text, 3, '0')
           END AS number_head
    FROM named AS n
), checked AS (
    -- GB 11643 for people; for institutions GB 11714 makes the 17th character, GB 32100 the 18th.
    SELECT c.*, CASE WHEN firm THEN number_head || (
               SELECT substr('0X987654321', 1 + mod(sum(substr(number_head, i + 8, 1)::integer
                                                        * (ARRAY[3, 7, 9, 10, 5, 8, 4, 2])[i]), 11)::integer, 1)
               FROM generate_series(1, 8) AS i)
           ELSE number_head || (
               SELECT substr('10X98765432', 1 + mod(sum(substr(number_head, i, 1)::integer
                   * (ARRAY[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])[i]), 11)::integer, 1)
               FROM generate_series(1, 17) AS i)
           END AS number_checked
    FROM numbered AS c
)
SELECT n, pg_temp.client_no(n) AS client_no, name, kind,
       CASE WHEN firm THEN '' ELSE sex END AS gender,
       CASE WHEN NOT firm THEN born END AS birth_date,
       CASE WHEN firm THEN '统一社会信用代码' ELSE '居民身份证' END AS id_type,
       CASE WHEN firm THEN number_checked || (
           SELECT substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + mod(31 - mod(sum(
               (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(number_checked, i, 1)) - 1)
               * (ARRAY[1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])[i]), 31), 31)::integer, 1)
           FROM generate_series(1, 17) AS i)
       ELSE number_checked END AS id_number,
       (ARRAY['130', '131', '133', '135', '136', '137', '138', '139', '150', '151', '152', '158', '159', '176', '177',
              '186', '187', '188', '189', '198'])[pg_temp.draw(n, 'carrier', 0, 20)]
           || lpad((pg_temp.draw(n, 'phone', 0, 100000000) - 1)::text, 8, '0') AS phone,
       -- The e-mail's first letters are the pinyin initials, put before it where names are read.
       CASE WHEN firm OR pg_temp.chance(n, 'e-mail') < 0.45 THEN
           CASE WHEN firm THEN '.office' ELSE to_char(born, 'YYMM') END || mod(n, 97)
           || (ARRAY['@example.com', '@example.net', '@example.org'])[pg_temp.draw(n, 'host', 0, 3)]
       ELSE '' END AS email,
       CASE WHEN pg_temp.chance(n, 'address') < 0.93 THEN
           CASE WHEN province = city THEN '' ELSE province END || city
           || districts[pg_temp.draw(n, 'part', 0, cardinality(districts))]
           || (SELECT words[pg_temp.draw(n, 'road', 0, cardinality(words))] FROM demo_word WHERE kind = 'road')
           || pg_temp.draw(n, 'house', 0, 480) || '号'
           || CASE WHEN firm THEN pg_temp.draw(n, 'floor', 0, 32) || '层' ELSE
               (SELECT words[pg_temp.draw(n, 'estate', 0, cardinality(words))] FROM demo_word WHERE kind = 'estate')
               || pg_temp.draw(n, 'block', 0, 24) || '栋' || pg_temp.draw(n, 'floor', 0, 28)
               || lpad(pg_temp.draw(n, 'flat', 0, 6)::text, 2, '0') || '室' END
       ELSE '' END AS address,
       CASE WHEN firm THEN person ELSE '' END AS contact_person,
       branch_id, branch_code, opened_on,
       CASE WHEN closed THEN 'closed' WHEN pg_temp.chance(n, 'suspended') < 0.008 THEN 'suspended' ELSE 'active' END
           AS status,
       CASE WHEN closed THEN
           opened_on + 30 + floor((%(start)s::date - opened_on - 30) * pg_temp.chance(n, 'closed on'))::integer
       END AS closed_on,
       CASE WHEN opened_on < %(left_on)s AND branch_id = %(leaver_branch)s AND pg_temp.chance(n, 'left') < 0.015
                THEN %(leaver)s::bigint
            WHEN pg_temp.chance(n, 'managed') < 0.12 AND wealth < 1000000 THEN NULL
            WHEN wealth > 3000000 AND pg_temp.chance(n, 'advised') < 0.5 AND adviser.id IS NOT NULL THEN adviser.id
            ELSE manager.id END AS manager_id,
       CASE WHEN pg_temp.chance(n, 'introduced') < 0.25 THEN introducer.id END AS introducer_id,
       CASE WHEN pg_temp.chance(n, 'professional') < CASE WHEN firm THEN 0.4 WHEN wealth > 5000000 THEN 0.35 ELSE 0 END
            THEN 'professional' ELSE 'ordinary' END AS investor_class
FROM (SELECT *, opened_on < %(start)s::date - 400 AND pg_temp.chance(n, 'closed') < 0.03 AS closed FROM checked) AS c
CROSS JOIN LATERAL (
    SELECT (SELECT ids[pg_temp.draw(c.n, 'adviser', 0, cardinality(ids))]
            FROM demo_staff AS s WHERE s.pool = 'adviser' AND s.branch_id = c.branch_id)) AS adviser (id)
CROSS JOIN LATERAL (
    SELECT (SELECT ids[pg_temp.draw(c.n, 'manager', 0, cardinality(ids))]
            FROM demo_staff AS s WHERE s.pool = 'manager' AND s.branch_id = c.branch_id)) AS manager (id)
CROSS JOIN LATERAL (
    SELECT (SELECT ids[pg_temp.draw(c.n, 'introducer', 0, cardinality(ids))]
            FROM demo_staff AS s WHERE s.pool = 'manager' AND s.branch_id = c.branch_id)) AS introducer (id);
CREATE UNIQUE INDEX ON demo_identity (n);
ANALYZE demo_identity;
