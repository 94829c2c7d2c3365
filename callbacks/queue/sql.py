"""The statements that take calls out of the pools and put them back.

Every value is a parameter. The log of steps (`crm_transition`) and of reads (`crm_readlog`) is written by the
statement that takes the step.
"""

# The functions behind these two are in the migration `0003_next`, with what they do and why.
NEXT = """
SELECT * FROM callbacks_next(%(user)s::bigint, %(people)s::bigint[], %(pools)s::bigint[], %(hours)s::boolean[],
                             %(large)s::numeric, %(central)s::boolean, %(at)s::timestamptz, %(lease)s::timestamptz)
"""
CLAIM = """
SELECT callbacks_claim(%(call)s::bigint, %(user)s::bigint, %(verb)s::text, %(reason)s::text, %(details)s::jsonb,
                       %(at)s::timestamptz, %(lease)s::timestamptz)
"""

# Leases that ran out. One of a call that is on the line runs on while its page or the telephone system says so; a try
# of which nobody has heard for hours was left behind, and is ended with it.
EXPIRE = """
WITH gone AS (
    SELECT id, claimed_by_id FROM callbacks_call
    WHERE claimed_by_id IS NOT NULL AND lease_until < %(at)s
      AND (NOT live OR lease_until < %(at)s::timestamptz - interval '2 hours')
    ORDER BY lease_until LIMIT %(most)s FOR UPDATE SKIP LOCKED
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, details)
    SELECT 'callbacks.call', id, 'expire', 'claimed', 'waiting', NULL, %(at)s,
           jsonb_build_object('holder', claimed_by_id)
    FROM gone
), left_behind AS (
    UPDATE callbacks_attempt AS a SET ended_at = greatest(a.started_at, %(at)s)
    FROM gone WHERE a.call_id = gone.id AND a.ended_at IS NULL
)
UPDATE callbacks_call AS c
SET state = 'waiting', claimed_by_id = NULL, claimed_at = NULL, lease_until = NULL, live = false,
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
