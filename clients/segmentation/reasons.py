"""Why a client is where he is, and why he is not elsewhere, in the reader's language.

Everything comes from the figures that a run stored and from the policy it used; `recent.py` adds what stayed below
the thresholds of a movement.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils import timezone

from clients.segmentation import compute
from clients.segmentation.calculation import group_rule, style_rule, tier_rule
from clients.segmentation.choices import Group
from clients.segmentation.explanation import Case, Explanation
from clients.segmentation.models import BranchCut, Figures, Policy, Run, SegmentChange, Standing
from clients.segmentation.rules import CARDS, MATCHABLE, parse
from clients.segmentation.selectors import current_run
from clients.segmentation.sentences import sentences_of

# What a policy's windows are on a day is worked out by the database, and is always the same.
_days = lru_cache(maxsize=64)(compute.parameters)


def explain(standing: Standing, policy: Policy, *, run: Run | None = None) -> Explanation:
    """Why a client stands where he stands, under `policy`, as of the newest run (or `run`, when already read)."""
    run = run or current_run() or standing.run
    as_of = run.as_of if run else timezone.localdate()
    cut = BranchCut.objects.filter(run=run, branch_id=standing.branch_id).first()
    return _explanation(standing, policy, as_of, cut, standing.client_id, standing.opened_on, look_back=True)


def sentences(standing: Standing, run: Run) -> list[str]:
    """Why a client stands where he does as of the newest run, in sentences alone: at most two queries, no calculation.

    The branch's cut is read for core clients alone: no other sentence speaks of it.
    """
    is_core = Group.CORE in standing.matches
    cut = BranchCut.objects.filter(run=run, branch_id=standing.branch_id).first() if is_core else None
    opened_on = standing.opened_on
    return sentences_of(_case(standing, run.policy, run.as_of, cut, standing.client_id, opened_on, look_back=False))


def explain_change(change: SegmentChange) -> Explanation:
    """Why a client was put where a row of history says, under the policy of its run; from what the row kept alone."""
    policy = change.run.policy
    cut = BranchCut.objects.filter(run_id=change.run_id, branch_id=change.branch_id).first()
    opened_on = change.client.opened_on
    return _explanation(change, policy, change.as_of, cut, change.client_id, opened_on, look_back=False)


def _explanation(
    kept: Figures,
    policy: Policy,
    as_of: dt.date,
    cut: BranchCut | None,
    client_id: int,
    opened_on: dt.date,
    *,
    look_back: bool,
) -> Explanation:
    case = _case(kept, policy, as_of, cut, client_id, opened_on, look_back=look_back)
    order = case.rules.order
    groups = [group_rule(case, code) for code in (*order, *(g for g in MATCHABLE if g not in order))]
    return Explanation(
        as_of=as_of,
        policy=policy,
        sentences=sentences_of(case),
        tiers=[tier_rule(case, card) for card in reversed(CARDS)],
        styles=[style_rule(case)],
        groups=groups,
    )


def _case(
    kept: Figures,
    policy: Policy,
    as_of: dt.date,
    cut: BranchCut | None,
    client_id: int,
    opened_on: dt.date,
    *,
    look_back: bool,
) -> Case:
    rules = parse(policy.rules)
    movements = (kept.reasons or {}).get("movements", [])
    days = _days(as_of, rules)
    return Case(kept, opened_on, rules, days, cut, policy.version, client_id, movements, look_back)
