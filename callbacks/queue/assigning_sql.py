"""The statements that assign calls: who may be given which, who gets what, written with its steps."""

from callbacks.queue.refusals import NOT_WAITING

# Why a person may not be given a call; null when he may. The order is that of `eligibility.why_not`.
WHY_NOT = f"""CASE
    WHEN {NOT_WAITING} IS NOT NULL THEN {NOT_WAITING}
    WHEN ch.hold <> '' THEN 'held'
    WHEN NOT p.may_work AND NOT p.may_courtesy THEN 'may_not'
    WHEN ch.form = 'phone' AND 'phone' = ANY (ch.opt_outs) THEN 'opt_out'
    WHEN %(large)s::numeric IS NOT NULL AND ch.assets >= %(large)s::numeric AND NOT p.central THEN 'large'
    WHEN ch.courtesy AND ch.manager_id = ANY (p.ids) AND p.may_courtesy THEN NULL
    WHEN NOT p.may_work THEN 'not_own'
    WHEN (ch.regulated OR NOT ch.courtesy) AND ch.manager_id = ANY (p.ids) THEN 'manages'
    WHEN (ch.regulated OR NOT ch.courtesy) AND ch.introducer_id = ANY (p.ids) THEN 'introduced'
    WHEN ch.recused && p.ids THEN 'recused'
    WHEN ch.assignee_id = ANY (p.ids) THEN NULL
    WHEN NOT ch.unit_id = ANY (p.pools) THEN 'other_unit'
END"""
PEOPLE = """
CREATE TEMP TABLE calls_people ON COMMIT DROP AS
SELECT id, string_to_array(ids, ',')::bigint[] AS ids, string_to_array(pools, ',')::bigint[] AS pools,
       may_work, may_courtesy, central, string_to_array(skills, ',') AS skills
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::boolean[], %s::boolean[], %s::text[])
     AS people (id, ids, pools, may_work, may_courtesy, central, skills)
"""
# Each call with the people who may be given it, in `fit`; the commonest reason against where nobody may.
JUDGE = f"""
CREATE TEMP TABLE calls_judged ON COMMIT DROP AS
SELECT ch.id, ch.rank, ch.due_at, ch.assignee_id, ch.state,
       coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE judged.why IS NULL AND p.id IS NOT NULL), '{{}}') AS able,
       coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE judged.why IS NULL AND ch.kind = ANY (p.skills)), '{{}}')
           AS skilled,
       coalesce(mode() WITHIN GROUP (ORDER BY judged.why), 'no_manager') AS why
FROM calls_chosen AS ch
LEFT JOIN calls_people AS p ON NOT %(own)s OR p.id = ch.manager_id
LEFT JOIN LATERAL (SELECT {WHY_NOT} AS why WHERE p.id IS NOT NULL) AS judged ON true
GROUP BY ch.id, ch.rank, ch.due_at, ch.assignee_id, ch.state
"""  # noqa: S608 (our own constant)
GROUP = """
CREATE TEMP TABLE calls_ranked ON COMMIT DROP AS
SELECT id, assignee_id, fit, row_number() OVER (PARTITION BY fit ORDER BY rank, due_at, id) - 1 AS n
FROM (SELECT *, CASE WHEN %(by_skill)s AND skilled <> '{}' THEN skilled ELSE able END AS fit FROM calls_judged) AS one
WHERE fit <> '{}'
"""
# A slot is (group, n, person): person `id` stands at levels from `held` to `brim` in the group `fit`.
GIVEN = """
CREATE TEMP TABLE calls_given ON COMMIT DROP AS
WITH posts AS (
    SELECT string_to_array(fit, ',')::bigint[] AS fit, id, place, held, top
    FROM unnest(%(fit)s::text[], %(id)s::bigint[], %(place)s::int[], %(held)s::int[], %(top)s::int[])
         AS posts (fit, id, place, held, top)
), slots AS (
    SELECT fit, id, row_number() OVER (PARTITION BY fit ORDER BY level, place) - 1 AS n
    FROM posts CROSS JOIN LATERAL generate_series(held, top) AS level
)
SELECT r.id, r.assignee_id, slots.id AS to_id FROM calls_ranked AS r JOIN slots USING (fit, n)
"""
COUNTS = (
    "SELECT to_id, count(*) FILTER (WHERE assignee_id IS DISTINCT FROM to_id), count(*) FROM calls_given GROUP BY 1"
)
REFUSED = "SELECT why, count(*) FROM calls_judged WHERE able = '{}' GROUP BY 1"
ASSIGN_THEM = """
WITH given AS (
    SELECT id, assignee_id, to_id FROM calls_given WHERE assignee_id IS DISTINCT FROM to_id
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, id, 'assign', 'waiting', 'waiting', %(by)s, %(at)s, %(reason)s,
           jsonb_build_object('assignee', to_id, 'from', assignee_id)
    FROM given
)
UPDATE callbacks_call AS c
SET assignee_id = given.to_id, passed_by = array_remove(c.passed_by, given.to_id)
FROM given WHERE c.id = given.id
"""
TAKE_BACK = f"""
WITH judged AS (
    SELECT ch.id, ch.assignee_id, {NOT_WAITING} AS why FROM calls_chosen AS ch
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, id, 'assign', 'waiting', 'waiting', %(by)s, %(at)s, %(reason)s,
           jsonb_build_object('assignee', NULL, 'from', assignee_id)
    FROM judged WHERE why IS NULL AND assignee_id IS NOT NULL
), changed AS (
    UPDATE callbacks_call AS c SET assignee_id = NULL FROM judged
    WHERE c.id = judged.id AND why IS NULL AND judged.assignee_id IS NOT NULL
)
SELECT coalesce(why, CASE WHEN assignee_id IS NULL THEN 'same' ELSE 'done' END), count(*) FROM judged GROUP BY 1
"""  # noqa: S608 (our own constant)
