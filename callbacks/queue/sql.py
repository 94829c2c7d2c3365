"""The statements that take calls out of the pools and put them back.

Every value is a parameter. The log of steps (`crm_transition`) and of reads (`crm_readlog`) is written by the
statement that takes the step.
"""

# One person at a time, whatever number of windows and clicks; then what he holds already, else the best that he may
# have. Each probe reads one entry or a few of an index and locks the row it returns; rows that others look at are
# passed by. The facts that decide whether it is still his come with it.
NEXT = """
SELECT pg_advisory_xact_lock(hashtext('callbacks.next'), %(user)s);
WITH held AS (
    SELECT id, true AS held FROM callbacks_call WHERE claimed_by_id = %(user)s ORDER BY claimed_at DESC, id DESC LIMIT 1
), probed AS (
    SELECT best.*
    FROM unnest(%(own)s::boolean[]) AS hours(own), unnest(%(people)s::bigint[]) AS who(id),
    LATERAL (
        SELECT c.id, c.rank, c.due_at FROM callbacks_call AS c
        WHERE c.ready AND c.assignee_id = who.id AND c.own_hours = hours.own
          AND (NOT c.own_hours OR c.closes_at > %(at)s)
          AND NOT c.recused && %(people)s::bigint[] AND NOT %(user)s = ANY (c.passed_by)
        ORDER BY c.rank, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS best
    WHERE NOT EXISTS (SELECT FROM held)
    UNION ALL
    SELECT best.*
    FROM unnest(%(own)s::boolean[]) AS hours(own), unnest(%(pools)s::bigint[]) AS pool(id),
    LATERAL (
        SELECT c.id, c.rank, c.due_at FROM callbacks_call AS c
        WHERE c.ready AND c.assignee_id IS NULL AND c.unit_id = pool.id AND c.own_hours = hours.own
          AND (NOT c.own_hours OR c.closes_at > %(at)s)
          AND NOT c.recused && %(people)s::bigint[] AND NOT %(user)s = ANY (c.passed_by)
        ORDER BY c.rank, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS best
    WHERE NOT EXISTS (SELECT FROM held)
), chosen AS (
    (SELECT id, held FROM held)
    UNION ALL
    (SELECT id, false FROM probed ORDER BY rank, due_at, id LIMIT 1)
)
SELECT c.id, chosen.held, c.unit_id, c.assignee_id, c.regulated, c.form, c.recused, client.manager_id,
       client.introducer_id, coalesce(wishes.opt_outs, '{}'), coalesce(standing.average_assets, 0)
FROM chosen
JOIN callbacks_call AS c USING (id)
LEFT JOIN clients_client AS client ON client.id = c.client_id
LEFT JOIN clients_clientwishes AS wishes ON wishes.client_id = c.client_id
LEFT JOIN clients_standing AS standing ON standing.client_id = c.client_id
"""

# The claim: holder and lease, the versions of its scripts (most urgent reason first, frozen the first time), the step,
# and the read of name and phone that a claim allows.
CLAIM = """
WITH before AS (SELECT id, state FROM callbacks_call WHERE id = %(call)s FOR UPDATE),
taken AS (
    UPDATE callbacks_call AS c
    SET state = 'claimed', ready = false, closes_at = NULL, claimed_by_id = %(user)s, claimed_at = %(at)s,
        lease_until = %(lease_until)s,
        script_versions = CASE WHEN c.script_versions <> '{}' THEN c.script_versions ELSE coalesce((
            SELECT array_agg(id ORDER BY rank, id) FROM (
                SELECT v.id, min(r.rank) AS rank
                FROM callbacks_callreason AS r
                JOIN callbacks_scriptversion AS v ON v.script_id = r.script_id AND v.state = 'published'
                WHERE r.call_id = c.id AND r.state = 'open'
                GROUP BY v.id
            ) AS versions), '{}') END
    FROM before
    WHERE c.id = before.id
    RETURNING c.id, c.client_id, before.state AS old_state
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT 'callbacks.call', id, %(verb)s, old_state, 'claimed', %(user)s, %(at)s, %(reason)s, %(details)s::jsonb
    FROM taken
)
INSERT INTO crm_readlog (at, by_id, kind, subject, subject_no, fields, reason, rows, url, ip)
SELECT %(at)s, %(user)s, 'claimed', 'client', c.client_no, 'name,phone', %(read_reason)s, 1, '', NULL
FROM taken JOIN clients_client AS c ON c.id = taken.client_id
"""

# Leases that ran out, never of a call that is on the line.
EXPIRE = """
WITH gone AS (
    SELECT id, claimed_by_id FROM callbacks_call
    WHERE claimed_by_id IS NOT NULL AND lease_until < %(at)s AND NOT live
    ORDER BY lease_until LIMIT %(most)s FOR UPDATE SKIP LOCKED
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, details)
    SELECT 'callbacks.call', id, 'expire', 'claimed', 'waiting', NULL, %(at)s,
           jsonb_build_object('holder', claimed_by_id)
    FROM gone
)
UPDATE callbacks_call AS c
SET state = 'waiting', claimed_by_id = NULL, claimed_at = NULL, lease_until = NULL,
    not_before = %(at)s
FROM gone WHERE c.id = gone.id
RETURNING c.id
"""

# What has come due to be dialled, of parties without hours of their own. The others are placed one by one.
OPEN_USUAL = """
WITH due AS (
    SELECT id FROM callbacks_call
    WHERE state = 'waiting' AND NOT ready AND hold = '' AND not_before <= %(at)s AND NOT own_hours
    ORDER BY not_before LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE callbacks_call AS c SET ready = true, not_before = NULL FROM due WHERE c.id = due.id
"""

# A new day: whoever passed a call on yesterday may be given it again.
FORGET_PASSED = """
WITH passed AS (
    SELECT id FROM callbacks_call WHERE state IN ('waiting', 'claimed') AND passed_by <> '{}'
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE callbacks_call AS c SET passed_by = '{}' FROM passed WHERE c.id = passed.id
"""
