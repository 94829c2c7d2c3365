"""What becomes of each candidate, step by step; nothing but temporary tables is written.

`fate` is empty while a candidate is in, else one of: filtered, cooling, known, sampled_out, listed, later, merged,
held, deferred, made.
"""

TABLES = (
    "plan_candidate", "plan_due", "plan_judged", "plan_placed", "plan_open", "plan_quiet", "plan_party", "plan_fate",
    "plan_hours", "plan_call",
)  # fmt: skip
DROP = "DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in TABLES)

# A candidate is one party and subject. `reason_id`: the reason waits since an earlier day, for its turn or on the list.
CANDIDATES = """
CREATE TEMP TABLE plan_candidate ON COMMIT DROP AS
SELECT DISTINCT ON (party, subject) found.*
FROM (
    SELECT src.client_id, %(contact_name)s::text AS contact_name, %(contact_sealed)s::bytea AS contact_sealed,
           %(contact_key)s::text AS contact_key, %(contact_masked)s::text AS contact_masked, src.subject, src.facts,
           src.base_day, coalesce(src.opened_on, src.base_day) AS opened_on, src.urgency, src.size, src.stratum,
           src.quota, src.handlers, %(due_at)s::timestamptz AS due_at, NULL::bigint AS reason_id,
           coalesce(src.client_id, %(contact_party)s) AS party
    FROM ({source}) AS src
) AS found
ORDER BY party, subject
"""
# Reasons without a call that waited: their order is the order in which they were written down.
WAITING = """
CREATE TEMP TABLE plan_candidate ON COMMIT DROP AS
SELECT r.client_id, ''::text AS contact_name, NULL::bytea AS contact_sealed, r.contact_key, ''::text AS contact_masked,
       r.subject, r.facts - 'turn' AS facts, NULL::date AS base_day, NULL::date AS opened_on, 0::smallint AS urgency,
       -(row_number() OVER (ORDER BY r.id))::numeric AS size, NULL::bigint AS stratum, NULL::integer AS quota,
       r.recused AS handlers, r.due_at, r.id AS reason_id, r.client_id AS party
FROM callbacks_callreason AS r
WHERE r.state = 'listed' AND r.plan_id = %(plan)s AND r.client_id IS NOT NULL AND {which}
"""
ITS_TURN = "r.facts -> 'turn' IS NOT NULL"
CHOSEN = "r.id = ANY (%(reasons)s)"

BASE_DAYS = "SELECT DISTINCT {base} FROM plan_candidate WHERE due_at IS NULL"
# The days for which Python reckoned.
DUE = """
CREATE TEMP TABLE plan_due ON COMMIT DROP AS
SELECT * FROM unnest(%(days)s::date[], %(due)s::timestamptz[]) AS due (base_day, due_at)
"""

# Filters first; then the cooldown, which counts from the last reason of the kind; then subjects that were there ever.
# What the occasion `ignoring` made does not count in a trial: it asks what the plan would make of that occasion.
JUDGED = """
CREATE TEMP TABLE plan_judged ON COMMIT DROP AS
SELECT k.*, coalesce(c.client_no, k.contact_key) AS party_no, c.branch_id, c.manager_id, c.introducer_id,
       s.tier, s.average_assets,
       CASE WHEN k.reason_id IS NOT NULL THEN ''
            WHEN NOT (k.client_id IS NULL OR coalesce({filters} AND {alive}, false)) THEN 'filtered'
            WHEN past.last_at > %(cooled_since)s THEN 'cooling'
            WHEN past.known THEN 'known'
            ELSE '' END AS fate,
       CASE WHEN {forbidden} THEN 'opt_out'
            WHEN k.client_id IS NULL AND k.contact_sealed IS NULL THEN 'no_phone'
            WHEN k.client_id IS NOT NULL AND c.phone_sealed IS NULL
                 AND NOT EXISTS (SELECT FROM clients_extraphone AS e WHERE e.client_id = k.client_id) THEN 'no_phone'
            ELSE '' END AS hold,
       coalesce(w.call_days, '') AS call_days, w.call_from, w.call_until,
       {sample} AS sample
FROM plan_candidate AS k
LEFT JOIN clients_client AS c ON c.id = k.client_id
LEFT JOIN clients_standing AS s ON s.client_id = k.client_id
LEFT JOIN clients_clientwishes AS w ON w.client_id = k.client_id
LEFT JOIN LATERAL (
    SELECT max(r.made_at) AS last_at, bool_or(r.subject = k.subject) AS known
    FROM (
        SELECT made_at, subject, making_id FROM callbacks_callreason
        WHERE client_id = k.client_id AND kind = %(kind)s
        UNION ALL
        SELECT made_at, subject, making_id FROM callbacks_callreason
        WHERE k.client_id IS NULL AND client_id IS NULL AND contact_key = k.contact_key AND kind = %(kind)s
    ) AS r
    WHERE NOT coalesce(r.making_id = ANY (%(ignoring)s::bigint[]), false)
) AS past ON k.reason_id IS NULL
"""
OPEN_ACCOUNTS = "c.status <> 'closed'"
ANY_ACCOUNT = "true"

# The sample: sixty bits of a digest over seed, client and subject, as a share of all there are.
SAMPLE = """('x' || substr(md5(%(seed)s || '|' || coalesce(c.client_no, k.contact_key) || '|' || k.subject), 1, 15)
       )::bit(60)::bigint"""
EVERYBODY = "0::bigint"
WITHOUT_DRAW = "fate"
EACH = """CASE WHEN fate = '' AND reason_id IS NULL AND sample >= %(share)s::numeric * 1152921504606846976
     THEN 'sampled_out' ELSE fate END"""
# Of each stratum the plan's share, rounded up; or so many as the candidates themselves ask for.
IN_STRATUM = """CASE WHEN fate = '' AND reason_id IS NULL
     AND row_number() OVER (PARTITION BY stratum, fate ORDER BY sample, party_no)
         > coalesce(quota, ceil(%(share)s::numeric * count(*) OVER (PARTITION BY stratum, fate)))
     THEN 'sampled_out' ELSE fate END"""

# Who calls, who may not, by when; and who was reached of late for something more urgent.
PLACED = """
CREATE TEMP TABLE plan_placed ON COMMIT DROP AS
SELECT j.*,
       CASE WHEN j.to_centre OR j.branch_id IS NULL THEN %(centre)s ELSE j.branch_id END AS unit_id,
       array_remove(j.handlers || CASE WHEN %(regulated)s THEN ARRAY[j.manager_id, j.introducer_id] END, NULL)
           AS recused,
       coalesce(j.due_at, due.due_at) AS due,
       (quiet.reached_at AT TIME ZONE 'Asia/Shanghai')::date AS reached_on
FROM (
    SELECT *, {draw} AS drawn,
           %(centre)s::bigint IS NOT NULL AND (
               %(side)s = 'call_centre' OR average_assets >= %(large_amount)s::numeric
               OR (%(diamonds_to_centre)s AND tier = 'diamond')) IS TRUE AS to_centre
    FROM plan_judged
) AS j
LEFT JOIN plan_due AS due ON due.base_day = j.{base}
LEFT JOIN LATERAL (
    SELECT max(d.ended_at) AS reached_at
    FROM callbacks_call AS d
    WHERE d.client_id = j.client_id AND d.reached AND d.ended_at > %(quiet_since)s AND d.ended_at <= %(at)s
      AND d.rank < %(rank)s
) AS quiet ON %(quiet_days)s > 0
WHERE j.drawn = ''
"""

# Waiting calls that a reason may join: of the same party and unit, alike held back or not, and with nobody to whom
# they are assigned who may not ask what is new. Calls that somebody claims at this moment are passed by.
OPEN_CALLS = """
CREATE TEMP TABLE plan_open ON COMMIT DROP AS
SELECT c.id AS call_id, coalesce(c.client_id, %(contact_party)s) AS party, c.unit_id, c.hold, c.assignee_id, c.rank,
       c.due_at
FROM callbacks_call AS c
WHERE c.state = 'waiting' AND c.form = 'phone' AND {whose}
"""
CLIENTS = "c.client_id = ANY (ARRAY(SELECT DISTINCT client_id FROM plan_placed))"
CONTACT = "c.client_id IS NULL AND c.contact_key = %(contact_key)s"
LOCKED = "ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED"
NOT_OF_THE_OCCASION = """
  AND EXISTS (SELECT FROM callbacks_callreason AS r WHERE r.call_id = c.id AND r.state = 'open'
              AND NOT coalesce(r.making_id = ANY (%(ignoring)s::bigint[]), false))
"""

QUIET_DAYS = """
SELECT DISTINCT reached_on, (due AT TIME ZONE 'Asia/Shanghai')::date FROM plan_placed WHERE reached_on IS NOT NULL
"""
QUIET = """
CREATE TEMP TABLE plan_quiet ON COMMIT DROP AS
SELECT * FROM unnest(%(reached)s::date[], %(due)s::date[], %(until)s::timestamptz[])
    AS quiet (reached_on, due_on, until)
"""

# A party is called once for all that it is a candidate for: its most urgent subject leads. Beyond the branch's limit of
# the day, less those whom this plan called today, parties are listed or wait for their turn.
PARTIES = """
CREATE TEMP TABLE plan_party ON COMMIT DROP AS
WITH called AS (
    SELECT coalesce(r.branch_id, 0) AS branch, count(DISTINCT (r.client_id, r.contact_key)) AS parties
    FROM callbacks_making AS m
    JOIN callbacks_callreason AS r ON r.making_id = m.id
    WHERE m.plan_id = %(plan)s AND m.day = %(day)s AND r.call_id IS NOT NULL AND %(cap)s::integer IS NOT NULL
      AND NOT m.id = ANY (%(ignoring)s::bigint[])
    GROUP BY coalesce(r.branch_id, 0)
), heads AS (
    SELECT DISTINCT ON (p.party) p.party, p.client_id, p.contact_key, p.subject AS lead, p.party_no, p.branch_id,
           p.unit_id, p.hold, p.call_days, p.call_from, p.call_until, p.urgency, p.size
    FROM plan_placed AS p
    ORDER BY p.party, p.urgency DESC, p.size DESC, p.subject
), summed AS (
    SELECT p.party, min(p.due) AS due_at, CASE WHEN bool_and(q.until > %(at)s) THEN min(q.until) END AS quiet_until
    FROM plan_placed AS p
    LEFT JOIN plan_quiet AS q ON q.reached_on = p.reached_on AND q.due_on = (p.due AT TIME ZONE 'Asia/Shanghai')::date
    GROUP BY p.party
), kept_off AS (
    SELECT p.party, array_agg(DISTINCT person) AS recused
    FROM plan_placed AS p
    CROSS JOIN LATERAL unnest(p.recused) AS person
    GROUP BY p.party
), ranked AS (
    SELECT l.*, u.due_at, u.quiet_until, coalesce(k.recused, '{}') AS recused,
           row_number() OVER (PARTITION BY l.branch_id ORDER BY l.urgency DESC, l.size DESC, l.party_no)
               + coalesce(called.parties, 0) AS place
    FROM heads AS l
    JOIN summed AS u USING (party)
    LEFT JOIN kept_off AS k USING (party)
    LEFT JOIN called ON called.branch = coalesce(l.branch_id, 0)
), joined AS (
    SELECT DISTINCT ON (r.party) r.party, o.call_id
    FROM ranked AS r
    JOIN plan_open AS o USING (party, unit_id, hold)
    WHERE o.assignee_id IS NULL OR NOT o.assignee_id = ANY (r.recused)
    ORDER BY r.party, o.rank, o.due_at, o.call_id
)
SELECT r.*, j.call_id AS joined,
       CASE WHEN r.place > %(cap)s THEN %(beyond)s
            WHEN j.call_id IS NOT NULL THEN 'merged'
            WHEN r.hold <> '' THEN 'held'
            WHEN r.quiet_until IS NOT NULL THEN 'deferred'
            ELSE 'made' END AS fate
FROM ranked AS r
LEFT JOIN joined AS j USING (party)
"""
# Each candidate has one fate: of a party's subjects the first is what its call was made for, the others joined it.
FATES = """
CREATE TEMP TABLE plan_fate ON COMMIT DROP AS
SELECT p.party, p.client_id, p.contact_key, p.subject, p.facts, p.branch_id, p.due, p.recused, p.reason_id, r.joined,
       r.place, p.subject = r.lead AS leads,
       CASE WHEN r.fate IN ('made', 'held', 'deferred') AND p.subject <> r.lead THEN 'merged' ELSE r.fate END AS fate,
       r.quiet_until
FROM plan_placed AS p
JOIN plan_party AS r USING (party)
"""
# How many of each branch (0: a party without one) met which fate.
COUNTS = """
SELECT coalesce(branch_id, 0), fate, count(*) FROM plan_judged WHERE fate <> '' GROUP BY coalesce(branch_id, 0), fate
UNION ALL
SELECT coalesce(branch_id, 0), 'sampled_out', count(*)
FROM plan_judged AS j
WHERE fate = '' AND NOT EXISTS (SELECT FROM plan_placed AS p WHERE p.party = j.party AND p.subject = j.subject)
GROUP BY coalesce(branch_id, 0)
UNION ALL
SELECT coalesce(branch_id, 0), fate, count(*) FROM plan_fate GROUP BY coalesce(branch_id, 0), fate
"""
