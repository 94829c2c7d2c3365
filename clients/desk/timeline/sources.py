"""Where the entries of a client's timeline come from: one branch of SQL for each source, served by an index.

A branch reads the newest rows of one client up to the place where the page begins, and no more of them than a page
holds; the page is the newest of all branches together. So it costs the same however many rows a table has.
"""

from __future__ import annotations

from dataclasses import dataclass

# In a body these keys hold ids of members of staff; their names are read for the whole page at once.
PEOPLE = ("by", "owner", "old", "new")
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Source:
    """One kind of entry.

    rows     FROM and WHERE of one client's rows (%(client)s)
    moment   the instant by which the entry stands in the timeline
    number   a bigint that tells entries of the same instant apart
    order    columns by which the newest come first, as the index has them; `number` follows
    begun    what the index is told where a page begins at %(at)s (its day: %(day)s)
    day      the day that is shown where the source knows no time, else NULL
    body     JSON of what the sentence needs
    """

    code: str
    rows: str
    moment: str
    order: str
    begun: str
    body: str
    number: str = "id"
    day: str = "NULL::date"


def start_of(day: str) -> str:
    """SQL of the instant at which a day begins in the firm's time zone."""
    return f"({day})::timestamp AT TIME ZONE '{ZONE}'"


def _of_moments(code: str, rows: str, column: str, body: str, number: str = "id") -> Source:
    return Source(code, rows, column, f"{column} DESC", f"{column} <= %(at)s", body, number)


def _of_days(code: str, rows: str, column: str, body: str, number: str = "id") -> Source:
    return Source(code, rows, start_of(column), f"{column} DESC", f"{column} <= %(day)s", body, number, column)


CONTACT = _of_moments(
    "contact",
    "clients_servicerecord WHERE client_id = %(client)s",
    "occurred_at",
    """jsonb_build_object('channel', channel, 'direction', direction, 'topic', topic, 'summary', left(summary, 400),
        'outcome', outcome, 'source', source, 'by', staff_id, 'staff_no', staff_no, 'seconds', duration_seconds)""",
)
NOTE = _of_moments(
    "note",
    "clients_clientnote WHERE client_id = %(client)s",
    "at",
    "jsonb_build_object('text', text, 'by', by_id)",
)
PROMISE = _of_moments(
    "promise",
    """clients_followup AS promise CROSS JOIN LATERAL (VALUES
        (0, 'made', promise.created_at, promise.created_by_id),
        (1, promise.state, promise.ended_at, promise.ended_by_id)
    ) AS step (n, what, at, by_id) WHERE promise.client_id = %(client)s AND step.at IS NOT NULL""",
    "step.at",
    """jsonb_build_object('step', step.what, 'text', promise.what, 'due', promise.due_at, 'result', promise.result,
        'by', step.by_id, 'owner', promise.owner_id)""",
    number="promise.id * 2 + step.n",
)
SEGMENT = Source(
    "segment",
    "clients_segmentchange WHERE client_id = %(client)s",
    # What a day did to a client stands above what happened on that day.
    start_of("as_of + 1"),
    "as_of DESC",
    "as_of < %(day)s",
    """jsonb_build_object('kind', kind, 'old_tier', old_tier, 'tier', tier, 'old_style', old_style, 'style', style,
        'old_group', old_group, 'group', "group", 'old_matches', old_matches, 'matches', matches, 'reasons', reasons,
        'recent_mean', recent_mean::text, 'earlier_mean', earlier_mean::text, 'average_assets', average_assets::text,
        'commission_12m', commission_12m::text, 'last_trade_on', last_trade_on)""",
    day="as_of",
)
CORRECTION = _of_moments(
    "correction",
    """clients_correction AS one CROSS JOIN LATERAL (VALUES
        (0, 'proposed', one.proposed_at, one.proposed_by_id),
        (1, CASE WHEN one.state = 'rejected' THEN 'rejected' ELSE 'approved' END, one.decided_at, one.decided_by_id),
        (2, 'taken_over', one.taken_over_at, NULL)
    ) AS step (n, what, at, by_id) WHERE one.client_id = %(client)s AND step.at IS NOT NULL""",
    "step.at",
    """jsonb_build_object('step', step.what, 'field', one.field, 'before', one.old_masked, 'after', one.new_masked,
        'reason', CASE step.n WHEN 0 THEN one.reason WHEN 1 THEN one.decision_note ELSE '' END, 'by', step.by_id)""",
    number="one.id * 3 + step.n",
)
MANAGER = _of_moments(
    "manager",
    # Every change, by whatever way it came: the history knows them all.
    """(SELECT pgh_id AS id, pgh_label, pgh_created_at AS at, pgh_context AS context, manager_id,
               lag(manager_id) OVER (ORDER BY pgh_id) AS old_id
        FROM clients_clientevent WHERE pgh_obj_id = %(client)s) AS event
    WHERE pgh_label = 'update' AND manager_id IS DISTINCT FROM old_id""",
    "at",
    """jsonb_build_object('old', old_id, 'new', manager_id, 'by', (context ->> 'user')::bigint,
        'reason', coalesce(context ->> 'reason', ''))""",
)
ASSESSMENT = _of_days(
    "assessment",
    "clients_riskassessment WHERE client_id = %(client)s",
    "assessed_on",
    "jsonb_build_object('level', level, 'until', valid_until)",
)
PERMISSION = _of_days(
    "permission",
    "clients_permissionrequest WHERE client_id = %(client)s",
    "requested_on",
    "jsonb_build_object('permission', permission, 'status', status)",
)
ALERT = _of_days(
    "alert",
    """clients_alert AS alert CROSS JOIN LATERAL (VALUES (0, alert.raised_on), (1, alert.closed_on)) AS step (n, day)
    WHERE alert.client_id = %(client)s AND step.day IS NOT NULL""",
    "step.day",
    """jsonb_build_object('closed', step.n = 1, 'source', alert.source, 'kind', alert.kind, 'summary', alert.summary,
        'number', alert.alert_no)""",
    number="alert.id * 2 + step.n",
)
FLOW = Source(
    "flow",
    """clients_cashflow WHERE client_id = %(client)s AND amount >= %(large)s
        AND kind NOT IN ('interest', 'dividend', 'fee', 'tax', 'internal')""",
    "occurred_at",
    "day DESC, occurred_at DESC",
    "day <= %(day)s",
    "jsonb_build_object('direction', direction, 'amount', amount::text, 'kind', kind)",
    number="hashtextextended(flow_no, 0)",
)
# The place in the list breaks ties between sources, so it never changes: new ones come last.
SOURCES = (
    CONTACT, NOTE, PROMISE, SEGMENT, CORRECTION, MANAGER, ASSESSMENT, PERMISSION, ALERT, FLOW,
)  # fmt: skip
RANKS = {source.code: rank for rank, source in enumerate(SOURCES)}
