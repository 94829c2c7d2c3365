"""What `seg_result` changes: against each client's current standing.

A standing without `group_since` belongs to a client who is in no run yet, or no longer: then everything differs.
"""

_DIFFERS = """(s.group_since IS NULL
    OR (s.tier, s.style, s."group", s.matches) IS DISTINCT FROM (r.tier, r.style, r."group", r.matches))"""

# The client is in the run and his tier, style, primary group or matches differ from his standing.
MOVED = f"FROM seg_result AS r JOIN clients_standing AS s USING (client_id) WHERE {_DIFFERS}"

# The client stands somewhere and is not in the run: closed, or his opening was corrected to a later day.
GONE = """FROM clients_standing AS s
WHERE s.group_since IS NOT NULL AND NOT EXISTS (SELECT FROM seg_result AS r WHERE r.client_id = s.client_id)"""

COUNT = f"SELECT (SELECT count(*) {MOVED}) + (SELECT count(*) {GONE})"

# Of all clients' results together, whatever their order: equal when nothing has changed. Numbers count by their value.
DIGEST = """
SELECT count(*), coalesce(bit_xor(hash_record_extended(r, 0)), 0)
FROM seg_result AS r
"""

COMPOSITION = """
SELECT branch_id, tier, style, "group", sum(clients)::bigint, sum(assets)
FROM seg_place
GROUP BY branch_id, tier, style, "group"
"""

# How many clients match each group, whether it is their primary group or not.
MATCHES = "SELECT code, sum(clients)::bigint FROM seg_place CROSS JOIN unnest(matches) AS code GROUP BY code"

# The file of `manage.py segment --out`: money with 2 and ratios with 4 decimals.
TABLE = """
SELECT c.client_no, r.tier, r.style, r."group", array_to_string(r.matches, ';') AS matches,
       r.average_assets::numeric(40, 2) AS average_assets, r.trades_per_month::numeric(40, 4) AS trades_per_month,
       r.turnover_ratio::numeric(40, 4) AS turnover_ratio, r.commission_12m::numeric(40, 2) AS commission_12m
FROM seg_result AS r
JOIN clients_client AS c ON c.id = r.client_id
ORDER BY c.client_no COLLATE "C"
"""
