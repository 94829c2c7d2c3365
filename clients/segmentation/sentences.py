"""Why a client is where he is, one sentence a reason, with the version of the policy and the rule that was met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.segmentation.calculation import core_ways
from clients.segmentation.choices import Group, MovementKind, Style, Tier
from clients.segmentation.explanation import Case, label, long_day, plain, short_day
from clients.segmentation.rules import Rules
from crm.web import figures


def sentences_of(case: Case) -> list[str]:
    """One sentence for the tier, the style if it says something, and each group matched, in the policy's order."""
    found = [_tier_sentence(case)]
    if case.kept.style == Style.TRADER:
        found.append(_trader_sentence(case))
    for code in case.kept.matches:
        found += SENTENCES[Group(code)](case)
    if not case.kept.matches:
        found.append(_("None of the groups of version %(version)s matches.") % {"version": case.version})
    return found


def _tier_sentence(case: Case) -> str:
    kept = case.kept
    words = {"tier": label(Tier, kept.tier), "amount": figures.amount_short(kept.average_assets)}
    if kept.tier == Tier.NONE:
        words["limit"] = figures.amount_short(case.rules.tiers.silver)
        return _("No tier: average assets %(amount)s, below %(limit)s") % words
    words["limit"] = figures.amount_short(getattr(case.rules.tiers, kept.tier))
    return _("%(tier)s: average assets %(amount)s (version %(version)s: from %(limit)s)") % (
        words | {"version": case.version}
    )


def _trader_sentence(case: Case) -> str:
    rule, kept = case.rules.trader, case.kept
    words = {
        "trades": plain(kept.trades_per_month),
        "ratio": plain(kept.turnover_ratio),
        "version": case.version,
        "often": plain(rule.trades_per_month),
        "much": plain(rule.turnover_ratio),
    }
    return (
        _(
            "Trader: %(trades)s trades and a turnover of %(ratio)s a month "
            "(version %(version)s: ≥ %(often)s or ≥ %(much)s)"
        )
        % words
    )


def _dormant_sentence(case: Case) -> list[str]:
    kept = case.kept
    words = {
        "cash": figures.money(kept.total_assets - kept.securities),
        "months": case.rules.dormant.months,
        "version": case.version,
        "limit": plain(case.rules.dormant.cash_below),
    }
    return [
        _("No securities, cash %(cash)s and no trade in %(months)s months (version %(version)s: cash below %(limit)s)")
        % words
    ]


def _new_sentence(case: Case) -> list[str]:
    words = {"day": long_day(case.opened_on), "days": case.rules.new.days, "version": case.version}
    return [_("Opened on %(day)s (version %(version)s: within %(days)s days)") % words]


def _core_sentence(case: Case) -> list[str]:
    by_tier, by_commission = core_ways(case)
    if by_tier.met:
        words = {"tier": label(Tier, case.kept.tier), "lowest": label(Tier, case.rules.core.min_tier)}
        return [_("Tier %(tier)s (version %(version)s: %(lowest)s or above)") % (words | {"version": case.version})]
    words = {
        "amount": figures.amount_short(case.kept.commission_12m),
        "cut": by_commission.lines[0].asked,
        "top": figures.percent(case.rules.core.commission_top, 0),
        "version": str(case.version),
    }
    return [_("Commission of 12 months %(amount)s (version %(version)s: the branch's top %(top)s, %(cut)s)") % words]


def _at_risk_sentence(case: Case) -> list[str]:
    rule, kept = case.rules.at_risk, case.kept
    share = figures.percent(kept.recent_mean / kept.earlier_mean, 0) if kept.earlier_mean else figures.NONE
    words = {
        "days": rule.days,
        "recent": figures.amount_short(kept.recent_mean),
        "share": share,
        "earlier": figures.amount_short(kept.earlier_mean),
        "limit": figures.percent(rule.share, 0),
        "version": case.version,
    }
    return [
        _(
            "Assets of the last %(days)s days average %(recent)s, %(share)s of the %(earlier)s before "
            "(version %(version)s: ≤ %(limit)s)"
        )
        % words
    ]


def _no_trade_sentence(case: Case) -> list[str]:
    return [_("Never traded since opening on %(day)s") % {"day": long_day(case.opened_on)}]


def _movement_sentences(case: Case) -> list[str]:
    return [movement_sentence(movement, case.rules, case.version) for movement in case.movements]


SENTENCES = {
    Group.DORMANT: _dormant_sentence,
    Group.MOVEMENT: _movement_sentences,
    Group.NEW: _new_sentence,
    Group.CORE: _core_sentence,
    Group.AT_RISK: _at_risk_sentence,
    Group.NO_TRADE: _no_trade_sentence,
}


def movement_sentence(movement: Mapping[str, Any], rules: Rules, version: int) -> str:
    """A stored movement with the rule it met: `11月19日净流出 550.0万，占前一日资产 858.4万的 64%（标准第 3 版：…）`"""
    day = short_day(dt.date.fromisoformat(movement["day"]))
    if movement["kind"] == MovementKind.ALERT:
        return _("Alert %(number)s is open since %(day)s") % {"number": movement["alert_no"], "day": day}
    if movement["kind"] == MovementKind.TRADING:
        return _trading_sentence(movement, rules, version, day)
    return _flow_sentence(movement, rules, version, day)


def _trading_sentence(movement: Mapping[str, Any], rules: Rules, version: int, day: str) -> str:
    rule, days = rules.movement, movement["days_before"]
    usual = Decimal(movement["trades_before"]) / days if days else Decimal(0)
    words = {
        "day": day,
        "trades": movement["trades"],
        "amount": figures.amount_short(movement["size"]),
        "usual": plain(figures.rounded(usual, 1)),
        "version": version,
        "floor": plain(rule.trades_floor),
        "times": plain(rule.trades_multiple),
    }
    return (
        _(
            "%(day)s: %(trades)s trades of %(amount)s in all, usually %(usual)s a day "
            "(version %(version)s: ≥ %(floor)s and ≥ %(times)s times the usual)"
        )
        % words
    )


def _flow_sentence(movement: Mapping[str, Any], rules: Rules, version: int, day: str) -> str:
    rule = rules.movement
    size, before = Decimal(movement["size"]), Decimal(movement["before"])
    words = {
        "day": day,
        "amount": figures.amount_short(size),
        "before": figures.amount_short(before),
        "share": figures.percent(size / before, 0) if before > 0 else figures.NONE,
        "version": version,
        "flow": figures.amount_short(rule.flow),
        "limit": figures.percent(rule.share, 0),
        "floor": figures.amount_short(rule.share_floor),
    }
    out = movement["kind"] == MovementKind.OUTFLOW
    if before > 0 and size >= rule.share * before and size >= rule.share_floor:
        sentence = (
            _(
                "%(day)s: net outflow %(amount)s, %(share)s of the assets of the day before, %(before)s "
                "(version %(version)s: ≥ %(limit)s and ≥ %(floor)s)"
            )
            if out
            else _(
                "%(day)s: net inflow %(amount)s, %(share)s of the assets of the day before, %(before)s "
                "(version %(version)s: ≥ %(limit)s and ≥ %(floor)s)"
            )
        )
    else:
        sentence = (
            _("%(day)s: net outflow %(amount)s (version %(version)s: ≥ %(flow)s)")
            if out
            else _("%(day)s: net inflow %(amount)s (version %(version)s: ≥ %(flow)s)")
        )
    return sentence % words
