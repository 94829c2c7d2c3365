"""Who is in a run, and over which days each client's window reaches."""

# Ground rules: opened on or before D, not closed by D (or closed without a date). Suspended clients are in.
# Window: from max(D − window months + 1 day, opening) to D, both included.
_MEMBERS = """
SELECT c.id AS client_id, c.branch_id, c.opened_on,
       greatest(%(window_from)s::date, c.opened_on) AS window_from,
       %(as_of)s::date - greatest(%(window_from)s::date, c.opened_on) + 1 AS window_days
FROM clients_client AS c
WHERE c.opened_on <= %(as_of)s::date
  AND CASE WHEN c.closed_on IS NULL THEN c.status <> 'closed' ELSE c.closed_on > %(as_of)s::date END
"""
MEMBERS = f"CREATE TEMP TABLE seg_member AS {_MEMBERS} ORDER BY c.id"
# Where few of them are asked for, or once, they are not written down.
MEMBERS_SEEN = f"CREATE TEMP VIEW seg_member AS {_MEMBERS}"
