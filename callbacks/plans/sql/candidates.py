# ruff: noqa: S608 (statements put together from constants; every value is a parameter)
"""Who might be called, and about what: one statement for each kind of reason (`callbacks.md`, "Where calls come from").

Columns: client_id, subject, facts, base_day (from which the time counts), opened_on (of the account or permission),
urgency and size (the larger goes first where not all can be called), stratum and quota (of samples), handlers (who may
not call, beside manager and introducer). Parameters: day, and what the occasion says.
"""

_PLAIN = """0::smallint AS urgency, {size} AS size, {stratum}::bigint AS stratum, NULL::integer AS quota,
       '{{}}'::bigint[] AS handlers"""
_BY_ASSETS = _PLAIN.format(size="s.average_assets", stratum="NULL")

# A match that was entered. The firm's first run calls new clients alone, however much else they match.
_ENTERED = """
FROM clients_segmentchange AS h
JOIN clients_run AS run ON run.id = h.run_id
JOIN clients_client AS c ON c.id = h.client_id
WHERE h.run_id = %(run)s AND h.announced
  AND '{group}' = ANY (h.matches) AND NOT '{group}' = ANY (h.old_matches){unless}
"""
_NO_BASELINE = " AND NOT run.is_baseline"


def _entered(group: str, facts: str, subject: str = "", *, baseline: bool = False) -> str:
    """Who entered `group` in a run. Called about once a day and group: a run made again finds the same subject."""
    named = subject or f"'{group}:' || h.as_of"
    plain = _PLAIN.format(size="h.average_assets", stratum="NULL")
    source = _ENTERED.format(group=group, unless="" if baseline else _NO_BASELINE)
    return f"""SELECT h.client_id, {named} AS subject, {facts} AS facts, h.as_of + 1 AS base_day, c.opened_on,
       {plain}{source}"""


NEW_CLIENT = _entered("new", "jsonb_build_object('opened_on', c.opened_on)", "'opened:' || c.opened_on", baseline=True)
AT_RISK = _entered(
    "at_risk", "jsonb_build_object('recent_mean', h.recent_mean::text, 'earlier_mean', h.earlier_mean::text)"
)
CORE = _entered(
    "core", "jsonb_build_object('average_assets', h.average_assets::text, 'commission_12m', h.commission_12m::text)"
)
DORMANT = _entered("dormant", "jsonb_build_object('last_trade_on', h.last_trade_on)")

# Each movement is its own subject. Those of clients who entered the match; and of clients who match it still, what
# has been added since: their change is no change of match, so no row of history speaks of it. What happened before
# the firm's first run is nobody's news.
MOVEMENT = """
WITH run AS (
    SELECT r.id, r.as_of, r.id = (SELECT max(id) FROM clients_run WHERE kind <> 'backfill') AS is_newest,
           coalesce((SELECT max(as_of) FROM clients_run WHERE is_baseline), '-infinity') AS began_on
    FROM clients_run AS r
    WHERE r.id = %(run)s AND NOT r.is_baseline
), matching AS (
    SELECT h.client_id, h.reasons, '-infinity'::date AS after
    FROM clients_segmentchange AS h
    JOIN run ON run.id = h.run_id
    WHERE h.announced AND 'movement' = ANY (h.matches) AND NOT 'movement' = ANY (h.old_matches)
    UNION ALL
    SELECT s.client_id, s.reasons, run.began_on
    FROM run
    JOIN clients_standing AS s ON run.is_newest
    WHERE s.reasons IS NOT NULL AND 'movement' = ANY (s.matches)
)
SELECT m.client_id,
       CASE what ->> 'kind' WHEN 'alert' THEN 'alert:' || (what ->> 'alert_no')
            ELSE concat_ws(':', what ->> 'kind', what ->> 'day', what ->> 'size') END AS subject,
       what AS facts, run.as_of + 1 AS base_day, NULL::date AS opened_on,
       CASE what ->> 'kind' WHEN 'alert' THEN 4 WHEN 'outflow' THEN 3 WHEN 'trading' THEN 2 ELSE 1 END::smallint
           AS urgency,
       (what ->> 'size')::numeric AS size, NULL::bigint AS stratum, NULL::integer AS quota, '{}'::bigint[] AS handlers
FROM matching AS m
CROSS JOIN run
CROSS JOIN LATERAL jsonb_array_elements(m.reasons -> 'movements') AS what
WHERE (what ->> 'day')::date > m.after
"""

# Requests of the last days; each is called about once. A permission counts as opened on the day on which we hear of it.
PERMISSION = f"""
SELECT p.client_id, 'request:' || p.request_no AS subject,
       jsonb_strip_nulls(jsonb_build_object(
           'permission', p.permission, 'requested_on', p.requested_on,
           'status', coalesce(nullif(p.status, ''), 'requested'),
           'opened_on', CASE WHEN p.status = 'opened' THEN %(day)s::date END)) AS facts,
       %(day)s::date AS base_day, %(day)s::date AS opened_on, {_BY_ASSETS}
FROM clients_permissionrequest AS p
JOIN clients_standing AS s USING (client_id)
WHERE p.requested_on > %(day)s::date - %(f_within_days)s::integer AND p.requested_on <= %(day)s::date
"""

# Whose manager is another than before, by whatever way: the history says. To and fro within the days is no change. And
# whose manager has left without a successor.
MANAGER_CHANGED = """
WITH touched AS (
    SELECT DISTINCT pgh_obj_id AS client_id
    FROM clients_clientevent
    WHERE pgh_label = 'update' AND pgh_created_at >= %(since)s AND pgh_created_at < %(until)s
), changed AS (
    SELECT t.client_id, before.manager_id AS old_id, later.manager_id AS new_id,
           (later.pgh_created_at AT TIME ZONE 'Asia/Shanghai')::date AS changed_on
    FROM touched AS t
    CROSS JOIN LATERAL (
        SELECT manager_id FROM clients_clientevent AS e
        WHERE e.pgh_obj_id = t.client_id AND e.pgh_created_at < %(since)s ORDER BY e.pgh_id DESC LIMIT 1
    ) AS before
    CROSS JOIN LATERAL (
        SELECT manager_id, pgh_created_at FROM clients_clientevent AS e
        WHERE e.pgh_obj_id = t.client_id AND e.pgh_created_at < %(until)s ORDER BY e.pgh_id DESC LIMIT 1
    ) AS later
    WHERE before.manager_id IS NOT NULL AND later.manager_id IS DISTINCT FROM before.manager_id
    UNION ALL
    SELECT c.id, c.manager_id, NULL, u.left_on
    FROM crm_user AS u
    JOIN clients_client AS c ON c.manager_id = u.id
    WHERE u.left_on <= %(day)s::date AND u.left_on > %(day)s::date - 31
      AND u.left_on >= coalesce(%(resumed_on)s::date, '-infinity')
)
SELECT g.client_id, concat_ws(':', 'manager', g.old_id, g.changed_on) AS subject,
       jsonb_strip_nulls(jsonb_build_object(
           'old_manager', old.name, 'new_manager', new.name, 'changed_on', g.changed_on)) AS facts,
       %(day)s::date AS base_day, NULL::date AS opened_on, 0::smallint AS urgency, s.average_assets AS size,
       NULL::bigint AS stratum, NULL::integer AS quota,
       array_remove(ARRAY[g.old_id, g.new_id], NULL) AS handlers
FROM changed AS g
JOIN clients_standing AS s USING (client_id)
JOIN crm_user AS old ON old.id = g.old_id
LEFT JOIN crm_user AS new ON new.id = g.new_id
"""

# The newest assessment runs out within so many days, or has run out; each is called about once.
RISK_EXPIRY = f"""
SELECT s.client_id, 'until:' || s.risk_until AS subject,
       jsonb_build_object('level', s.risk_level, 'valid_until', s.risk_until) AS facts,
       %(day)s::date AS base_day, NULL::date AS opened_on, {_BY_ASSETS}
FROM clients_standing AS s
WHERE s.risk_until <= %(day)s::date + %(f_days_before)s::integer AND s.opened_on <= %(day)s::date
"""

# Once a month, of each customer manager's clients the plan's share.
CONDUCT_SAMPLE = f"""
SELECT c.id AS client_id, 'month:' || %(month)s AS subject,
       jsonb_build_object('manager', u.name, 'month', %(month)s::text) AS facts,
       %(day)s::date AS base_day, c.opened_on, {_PLAIN.format(size="s.average_assets", stratum="c.manager_id")}
FROM clients_client AS c
JOIN clients_standing AS s ON s.client_id = c.id
JOIN crm_user AS u ON u.id = c.manager_id
WHERE c.status <> 'closed' AND c.opened_on <= %(day)s::date
"""

# Of the clients frozen at the end of last year, branch by branch: what is missing to the plan's share of them, once
# those reached this year and those in whose calls somebody may still reach them are counted.
COVERAGE = """
WITH base AS (
    SELECT b.client_id, b.branch_id,
           EXISTS (SELECT FROM callbacks_call AS d WHERE d.client_id = b.client_id AND d.reached
                   AND d.ended_at >= %(year_began)s AND d.ended_at <= %(at)s) AS reached,
           EXISTS (SELECT FROM callbacks_call AS d WHERE d.client_id = b.client_id
                   AND d.state IN ('waiting', 'claimed')) AS pending
    FROM callbacks_coveragebase AS b
    WHERE b.year = %(year)s
), missing AS (
    SELECT branch_id,
           greatest(0, ceil(count(*) * %(share)s::numeric) - count(*) FILTER (WHERE reached OR pending))::integer
               AS quota
    FROM base
    GROUP BY branch_id
)
SELECT base.client_id, 'year:' || %(year)s AS subject, jsonb_build_object('year', %(year)s::integer) AS facts,
       %(day)s::date AS base_day, NULL::date AS opened_on, 0::smallint AS urgency, s.average_assets AS size,
       base.branch_id AS stratum, missing.quota, '{}'::bigint[] AS handlers
FROM base
JOIN missing USING (branch_id)
JOIN clients_standing AS s USING (client_id)
WHERE NOT base.reached AND NOT base.pending
"""

# The clients of a list, as `clients.lists.chosen` wrote them down.
ASSIGNED = f"""
SELECT l.client_id, %(subject)s::text AS subject, jsonb_build_object('what', %(what)s::text) AS facts,
       %(day)s::date AS base_day, NULL::date AS opened_on, {_BY_ASSETS}
FROM lists_chosen AS l
JOIN clients_standing AS s USING (client_id)
"""

# A complaint was answered: its client, or whoever complained without being one.
COMPLAINT_ANSWERED = """
SELECT %(client)s::bigint AS client_id, 'complaint:' || %(complaint)s::text AS subject, %(facts)s::jsonb AS facts,
       %(day)s::date AS base_day, NULL::date AS opened_on, 0::smallint AS urgency, 0::numeric AS size,
       NULL::bigint AS stratum, NULL::integer AS quota, %(handlers)s::bigint[] AS handlers
"""
