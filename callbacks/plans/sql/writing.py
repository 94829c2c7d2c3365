# ruff: noqa: S608 (statements put together from constants; every value is a parameter)
"""Writing what was judged: calls, reasons, and the log of calls that a reason joined."""

# Parties with hours of their own, of whom a call is made now.
OWN_HOURS = """
SELECT DISTINCT call_days, call_from, call_until, quiet_until
FROM plan_party
WHERE fate IN ('made', 'held', 'deferred') AND (call_days <> '' OR call_from IS NOT NULL)
"""
HOURS = """
CREATE TEMP TABLE plan_hours ON COMMIT DROP AS
SELECT * FROM unnest(
    %(call_days)s::text[], %(call_from)s::time[], %(call_until)s::time[], %(quiet_until)s::timestamptz[],
    %(ready)s::boolean[], %(opens)s::timestamptz[], %(closes)s::timestamptz[]
) AS hours (call_days, call_from, call_until, quiet_until, ready, not_before, closes_at)
"""
# Where a call stands: by the party's own hours, or else dialled at once unless a quiet period is on. `joined` is what
# became of the party: the call that its reasons belong to.
CALLS = """
CREATE TEMP TABLE plan_call ON COMMIT DROP AS
SELECT nextval('callbacks_call_id_seq') AS call_id, stands.*
FROM (
    SELECT p.*, p.hold = '' AND CASE WHEN h.call_days IS NULL THEN p.quiet_until IS NULL ELSE h.ready END AS ready,
           CASE WHEN h.call_days IS NULL THEN p.quiet_until ELSE h.not_before END AS not_before,
           h.call_days IS NOT NULL AS own_hours,
           CASE WHEN p.hold = '' THEN h.closes_at END AS closes_at
    FROM plan_party AS p
    LEFT JOIN plan_hours AS h
        ON h.call_days = p.call_days AND h.call_from IS NOT DISTINCT FROM p.call_from
       AND h.call_until IS NOT DISTINCT FROM p.call_until AND h.quiet_until IS NOT DISTINCT FROM p.quiet_until
    WHERE p.fate IN ('made', 'held', 'deferred')
    ORDER BY p.branch_id, p.place
) AS stands
"""
INSERT_CALLS = """
INSERT INTO callbacks_call (
    id, client_id, contact_name, contact_sealed, contact_key, contact_masked, unit_id, branch_id, form, kind, rank,
    due_at, regulated, state, ready, hold, not_before, own_hours, closes_at, recused, passed_by, live, script_versions,
    note, identity, finding, finding_note, tries, skips, reached, complete, to_review, made_at, revision)
SELECT call_id, client_id, %(contact_name)s, %(contact_sealed)s, contact_key, %(contact_masked)s, unit_id, branch_id,
       'phone', %(kind)s, %(rank)s, due_at, %(regulated)s, 'waiting', ready, hold, not_before, own_hours, closes_at,
       recused, '{}', false, '{}', '', '', '', '', 0, 0, false, false, '', %(at)s, 0
FROM plan_call
"""
_STATE = "CASE WHEN f.fate IN ('listed', 'later') THEN 'listed' ELSE 'open' END"
# In the order of urgency: who waits for his turn is taken up in the order of the rows. `turn` tells them from those who
# were informed by SMS.
INSERT_REASONS = f"""
INSERT INTO callbacks_callreason (
    call_id, client_id, contact_key, branch_id, kind, subject, plan_id, making_id, script_id, facts, rank, due_at,
    regulated, lapses, recused, state, made_at)
SELECT coalesce(c.call_id, CASE WHEN f.fate = 'merged' THEN f.joined END), f.client_id, f.contact_key, f.branch_id,
       %(kind)s, f.subject, %(plan)s, %(making)s, %(script)s,
       CASE WHEN f.fate = 'later' THEN f.facts || '{{"turn": true}}' ELSE f.facts END, %(rank)s, f.due, %(regulated)s,
       %(lapses)s, f.recused, {_STATE}, %(at)s
FROM plan_fate AS f
LEFT JOIN plan_call AS c USING (party)
WHERE f.reason_id IS NULL
ORDER BY f.branch_id, f.place
"""
# Reasons that waited and are called now.
TAKE_UP = """
UPDATE callbacks_callreason AS r
SET call_id = coalesce(c.call_id, f.joined), state = 'open', making_id = %(making)s, made_at = %(at)s, facts = f.facts
FROM plan_fate AS f
LEFT JOIN plan_call AS c USING (party)
WHERE r.id = f.reason_id AND r.state = 'listed' AND f.fate NOT IN ('listed', 'later')
"""
# A call that reasons joined: recused people add up, the most urgent reason leads, the earliest due date holds. One that
# was to wait for the end of a quiet period waits no longer than the new reason would, unless somebody has tried already
# and agreed upon an hour.
MERGE = """
WITH joined AS (
    SELECT joined AS call_id, due_at, recused, quiet_until FROM plan_party WHERE fate = 'merged'
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT 'callbacks.call', call_id, 'merge', 'waiting', 'waiting', %(by)s, %(at)s, '',
           jsonb_build_object('kind', %(kind)s::text, 'making', %(making)s::bigint)
    FROM joined
    ORDER BY call_id
)
UPDATE callbacks_call AS c
SET kind = CASE WHEN %(rank)s < c.rank THEN %(kind)s ELSE c.kind END,
    rank = least(c.rank, %(rank)s), due_at = least(c.due_at, j.due_at), regulated = c.regulated OR %(regulated)s,
    recused = ARRAY(SELECT DISTINCT person FROM unnest(c.recused || j.recused) AS person ORDER BY person),
    not_before = CASE WHEN NOT c.ready AND c.hold = '' AND c.tries = 0
                      THEN least(c.not_before, coalesce(j.quiet_until, %(at)s)) ELSE c.not_before END
FROM joined AS j
WHERE c.id = j.call_id
"""
