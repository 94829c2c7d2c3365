"""What a policy would change: `seg_result` beside today's standings."""

from clients.segmentation.sql.compare import GONE

# One row a client, from where to where; an empty box is "in no run": not yet (left side), or no longer (right side).
PAIRS = f"""
CREATE TEMP TABLE seg_trial AS
SELECT r.client_id, r.branch_id,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s.tier END AS old_tier,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s.style END AS old_style,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s."group" END AS old_group,
       s.matches AS old_matches, r.tier, r.style, r."group", r.matches, r.average_assets
FROM seg_result AS r
JOIN clients_standing AS s USING (client_id)
UNION ALL
SELECT s.client_id, s.branch_id, s.tier, s.style, s."group", s.matches, '', '', '', '{{}}', 0
{GONE}
"""  # noqa: S608

MATRIX = {
    "tier": "SELECT old_tier, tier, count(*) FROM seg_trial GROUP BY old_tier, tier",
    "style": "SELECT old_style, style, count(*) FROM seg_trial GROUP BY old_style, style",
    "group": 'SELECT old_group, "group", count(*) FROM seg_trial GROUP BY old_group, "group"',
}

# Matches that are entered, by branch: what would make calls. A firm's first run makes calls for new clients alone.
ENTRIES = """
SELECT branch_id, code, count(*)
FROM seg_trial
CROSS JOIN unnest(matches) AS code
WHERE NOT code = ANY (old_matches) AND code = ANY (%(reasons)s)
GROUP BY branch_id, code
"""

KEEP = """
INSERT INTO clients_trialresult (
    job_id, client_id, branch_id, old_tier, old_style, old_group, old_matches, tier, style, "group", matches,
    average_assets)
SELECT %(job)s, client_id, branch_id, old_tier, old_style, old_group, old_matches, tier, style, "group", matches,
       average_assets
FROM seg_trial
ORDER BY client_id
"""
