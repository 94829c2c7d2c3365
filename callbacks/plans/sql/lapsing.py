"""Reasons that end by themselves, before anybody has claimed their call.

A reason is gone when its client does not match any more, the assessment it spoke of was renewed, the request was
refused, the client of the coverage was reached; and whatever it was, but a complaint or conduct, when the account is
closed. Calls that are being worked on stay as they are.
"""

DROP = "DROP TABLE IF EXISTS pg_temp.plan_gone"
GONE = """
CREATE TEMP TABLE plan_gone ON COMMIT DROP AS
WITH gone AS (
    SELECT r.id AS reason_id, r.call_id, r.rank, r.due_at
    FROM callbacks_callreason AS r
    JOIN clients_client AS c ON c.id = r.client_id
    JOIN clients_standing AS s ON s.client_id = r.client_id
    WHERE r.state IN ('open', 'listed') AND (
        (c.status = 'closed' AND NOT r.kind = ANY (%(outlive)s))
        OR (r.lapses AND CASE r.kind
            WHEN 'at_risk' THEN NOT 'at_risk' = ANY (s.matches)
            WHEN 'core' THEN NOT 'core' = ANY (s.matches)
            WHEN 'dormant' THEN NOT 'dormant' = ANY (s.matches)
            WHEN 'risk_expiry' THEN s.risk_until IS DISTINCT FROM (r.facts ->> 'valid_until')::date
            WHEN 'permission' THEN EXISTS (
                SELECT FROM clients_permissionrequest AS p
                WHERE 'request:' || p.request_no = r.subject AND p.client_id = r.client_id
                  AND p.status IN ('refused', 'closed'))
            WHEN 'coverage' THEN EXISTS (
                SELECT FROM callbacks_call AS d
                WHERE d.client_id = r.client_id AND d.reached AND d.ended_at >= r.made_at)
            ELSE false END))
), locked AS (
    SELECT id FROM callbacks_call
    WHERE id IN (SELECT call_id FROM gone) AND state = 'waiting'
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
SELECT gone.* FROM gone WHERE call_id IS NULL OR call_id IN (SELECT id FROM locked)
"""
END_REASONS = """
UPDATE callbacks_callreason AS r SET state = 'lapsed', ended_at = %(at)s
FROM plan_gone AS g WHERE r.id = g.reason_id
"""
# Calls that have no open reason left.
END_CALLS = """
WITH emptied AS (
    SELECT DISTINCT g.call_id
    FROM plan_gone AS g
    WHERE g.call_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM callbacks_callreason AS r WHERE r.call_id = g.call_id AND r.state = 'open')
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason)
    SELECT 'callbacks.call', call_id, 'lapse', 'waiting', 'lapsed', NULL, %(at)s, '' FROM emptied ORDER BY call_id
)
UPDATE callbacks_call AS c
SET state = 'lapsed', ended_at = %(at)s, ready = false, closes_at = NULL
FROM emptied AS e WHERE c.id = e.call_id
"""
# Calls that go on for their other reasons: urgency, date and recusal are those of what is left, unless somebody has
# set another urgency meanwhile.
LESSEN = """
WITH was AS (
    SELECT call_id, min(rank) AS rank, min(due_at) AS due_at FROM plan_gone WHERE call_id IS NOT NULL GROUP BY call_id
), leads AS (
    SELECT DISTINCT ON (r.call_id) r.call_id, r.kind, r.rank
    FROM callbacks_callreason AS r
    WHERE r.call_id IN (SELECT call_id FROM was) AND r.state = 'open'
    ORDER BY r.call_id, r.rank, r.due_at, r.id
), remain AS (
    SELECT r.call_id, min(r.due_at) AS due_at, bool_or(r.regulated) AS regulated
    FROM callbacks_callreason AS r
    WHERE r.call_id IN (SELECT call_id FROM was) AND r.state = 'open'
    GROUP BY r.call_id
), lessened AS (
    SELECT c.id, CASE WHEN c.rank = was.rank THEN greatest(leads.rank, c.rank) ELSE c.rank END AS rank, leads.kind,
           CASE WHEN c.due_at = was.due_at THEN greatest(remain.due_at, c.due_at) ELSE c.due_at END AS due_at,
           remain.regulated
    FROM was
    JOIN callbacks_call AS c ON c.id = was.call_id AND c.state = 'waiting'
    JOIN leads USING (call_id)
    JOIN remain USING (call_id)
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason)
    SELECT 'callbacks.call', id, 'urge', 'waiting', 'waiting', NULL, %(at)s, %(words)s FROM lessened ORDER BY id
)
UPDATE callbacks_call AS c
SET rank = l.rank, kind = l.kind, due_at = l.due_at, regulated = l.regulated
FROM lessened AS l WHERE c.id = l.id
"""
