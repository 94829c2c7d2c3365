# ruff: noqa: S608 (statements put together from constants; every value is a parameter)
"""Writing a run: history, standings, composition; or, for a backfill, its own results alone."""

from clients.segmentation.sql import compare
from clients.segmentation.sql.compare import GONE, MOVED

_FIGURES = (
    "average_assets",
    "trades_per_month",
    "turnover_ratio",
    "commission_12m",
    "trades",
    "traded_amount",
    "total_assets",
    "securities",
    "recent_mean",
    "earlier_mean",
    "last_trade_on",
    "active_months",
    "reasons",
)
_PLACE = ("tier", "style", '"group"', "matches")
_ALL = (*_PLACE, *_FIGURES)

NEXT_RUN = "SELECT nextval(pg_get_serial_sequence('clients_run', 'id'))"

# History: one row for each client who moved, with the figures that decided and the standing just before.
# A baseline announces only who is new; every other run announces all it writes.
HISTORY = f"""
INSERT INTO clients_segmentchange (
    run_id, client_id, branch_id, as_of, kind, announced, {", ".join(_ALL)}, movement_urgency, movement_size,
    old_tier, old_style, old_group, old_matches, old_group_since)
SELECT %(run)s, r.client_id, r.branch_id, %(as_of)s::date, %(kind)s,
       NOT %(is_baseline)s OR ('new' = ANY (r.matches) AND NOT 'new' = ANY (s.matches)),
       {", ".join(f"r.{name}" for name in _ALL)}, r.movement_urgency, r.movement_size,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s.tier END,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s.style END,
       CASE WHEN s.group_since IS NULL THEN '' ELSE s."group" END,
       s.matches, s.group_since
{MOVED}
ORDER BY r.client_id
"""

# A closing row for each client who stood somewhere and is in the run no more.
CLOSINGS = f"""
INSERT INTO clients_segmentchange (
    run_id, client_id, branch_id, as_of, kind, announced, tier, style, "group", matches, active_months,
    movement_urgency, old_tier, old_style, old_group, old_matches, old_group_since)
SELECT %(run)s, s.client_id, s.branch_id, %(as_of)s::date,
       CASE WHEN c.status = 'closed' OR c.closed_on <= %(as_of)s::date THEN 'closing' ELSE 'correction' END,
       NOT %(is_baseline)s, 'none', 'investor', 'general', '{{}}', 0, 0,
       s.tier, s.style, s."group", s.matches, s.group_since
FROM (SELECT s.* {GONE}) AS s
JOIN clients_client AS c ON c.id = s.client_id
ORDER BY s.client_id
"""

# Standings of those who left go back to what a client has before his first run.
LEAVE = f"""
UPDATE clients_standing AS t
SET tier = 'none', style = 'investor', "group" = 'general', matches = '{{}}',
    average_assets = 0, trades_per_month = 0, turnover_ratio = 0, commission_12m = 0, trades = 0, traded_amount = 0,
    total_assets = 0, securities = 0, recent_mean = 0, earlier_mean = 0, last_trade_on = NULL, active_months = 0,
    reasons = NULL, group_since = NULL, run_id = %(run)s
FROM (SELECT s.client_id {GONE}) AS gone
WHERE t.client_id = gone.client_id
"""

# Standings of those in the run, only rows of which something differs; all of them under another policy than before, so
# that a standing always names the run whose policy explains it.
# A group is held since the day of the run that found it; when a run of the same day is replaced, and the corrected
# group is the one from before that day, since when it held before.
STAND = f"""
UPDATE clients_standing AS s
SET {", ".join(f"{name} = r.{name}" for name in _ALL)}, run_id = %(run)s,
    group_since = CASE WHEN s.group_since IS NOT NULL AND s."group" = r."group" THEN s.group_since
                       WHEN b.old_group = r."group" THEN b.old_group_since
                       ELSE %(as_of)s::date END
FROM seg_result AS r
LEFT JOIN (
    SELECT DISTINCT ON (client_id) client_id, old_group, old_group_since
    FROM clients_segmentchange
    WHERE run_id = ANY (%(replaced)s)
    ORDER BY client_id, run_id
) AS b USING (client_id)
WHERE s.client_id = r.client_id
  AND (%(everyone)s OR s.group_since IS NULL
       OR ({", ".join(f"s.{name}" for name in _ALL)}) IS DISTINCT FROM ({", ".join(f"r.{name}" for name in _ALL)}))
"""

# A backfill keeps its own results.
RESULTS = f"""
INSERT INTO clients_runresult (run_id, client_id, {", ".join(_ALL)})
SELECT %(run)s, client_id, {", ".join(_ALL)} FROM seg_result ORDER BY client_id
"""

COMPOSITION = f"""
INSERT INTO clients_composition (run_id, branch_id, tier, style, "group", clients, assets)
SELECT %(run)s, place.* FROM ({compare.COMPOSITION}) AS place
"""

CUTS = """
INSERT INTO clients_branchcut (run_id, branch_id, payers, rank, cut)
SELECT %(run)s, branch_id, payers, rank, cut FROM seg_cut
"""

WITHOUT_INDEXES = "SELECT clients_standing_indexes(false)"
WITH_INDEXES = "SELECT clients_standing_indexes(true)"
STATISTICS = "SELECT clients_standing_statistics()"
