"""The calculation behind every tier, style and group: what is compared with what, and whether it is met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.segmentation import recent
from clients.segmentation.choices import Group, MovementKind, Style, Tier
from clients.segmentation.explanation import Case, Line, Rule, Way, amount_line, at_least, label, long_day, plain
from clients.segmentation.rules import CARDS
from crm.web import figures


def _window(case: Case) -> tuple[dt.date, int]:
    first: dt.date = max(case.days["window_from"], case.opened_on)
    return first, (case.as_of - first).days + 1


def tier_rule(case: Case, card: str) -> Rule:
    threshold = getattr(case.rules.tiers, card)
    first, days = _window(case)
    what = _("Average assets, %(first)s to %(last)s (%(days)s days)") % {
        "first": long_day(first),
        "last": long_day(case.as_of),
        "days": days,
    }
    line = amount_line(what, case.kept.average_assets, at_least(threshold), case.kept.average_assets >= threshold)
    return Rule(card, Tier(card).label, (Way((line,)),), holds=case.kept.tier == card)


def style_rule(case: Case) -> Rule:
    rule, kept = case.rules.trader, case.kept
    often = Line(
        _("Trades a month: %(trades)s trades in the window") % {"trades": kept.trades},
        plain(kept.trades_per_month),
        f"≥ {plain(rule.trades_per_month)}",
        kept.trades_per_month >= rule.trades_per_month,
    )
    much = Line(
        _("Turnover a month: %(amount)s traded in the window ÷ average assets")
        % {"amount": figures.amount_short(kept.traded_amount)},
        plain(kept.turnover_ratio),
        f"≥ {plain(rule.turnover_ratio)}",
        kept.turnover_ratio >= rule.turnover_ratio,
        figures.money(kept.traded_amount),
    )
    ways = (Way((often,), _("by frequency")), Way((much,), _("by turnover")))
    return Rule(Style.TRADER, Style.TRADER.label, ways, holds=kept.style == Style.TRADER)


def group_rule(case: Case, code: str) -> Rule:
    holds = case.kept.group == code
    return Rule(code, Group(code).label, WAYS[Group(code)](case), listed=code in case.rules.order, holds=holds)


def _dormant(case: Case) -> tuple[Way, ...]:
    kept, since = case.kept, case.days["dormant_since"]
    cash = kept.total_assets - kept.securities
    limit = case.rules.dormant.cash_below
    until = _("on or before %(day)s") % {"day": long_day(since)}
    lines = (
        amount_line(_("Securities"), kept.securities, "= 0", kept.securities == 0),
        amount_line(_("Cash"), cash, f"< {plain(limit)}", cash < limit),
        Line(
            _("Last trade"),
            long_day(kept.last_trade_on) if kept.last_trade_on else _("never"),
            _("%(until)s, or never") % {"until": until},
            kept.last_trade_on is None or kept.last_trade_on <= since,
        ),
        Line(_("Opened on"), long_day(case.opened_on), until, case.opened_on <= since),
    )
    return (Way(lines),)


def _new(case: Case) -> tuple[Way, ...]:
    after = case.days["new_after"]
    asked = _("after %(day)s") % {"day": long_day(after)}
    return (Way((Line(_("Opened on"), long_day(case.opened_on), asked, case.opened_on > after),)),)


def _no_trade(case: Case) -> tuple[Way, ...]:
    after, last = case.days["new_after"], case.kept.last_trade_on
    asked = _("on or before %(day)s") % {"day": long_day(after)}
    lines = (
        Line(_("Opened on"), long_day(case.opened_on), asked, case.opened_on <= after),
        Line(_("Last trade"), long_day(last) if last else _("never"), _("never"), last is None),
    )
    return (Way(lines),)


def core_ways(case: Case) -> tuple[Way, ...]:
    lowest, tier = case.rules.core.min_tier, case.kept.tier
    reached = tier in CARDS and CARDS.index(tier) >= CARDS.index(lowest)
    asked = _("%(tier)s or above") % {"tier": label(Tier, lowest)}
    by_tier = Way((Line(_("Tier"), label(Tier, tier), asked, reached),), _("by tier"))
    commission, cut = case.kept.commission_12m, case.cut
    top = figures.percent(case.rules.core.commission_top, 0)
    words = _("Commission of 12 months, against the branch's top %(top)s") % {"top": top}
    if cut is None:
        line = amount_line(words, commission, _("nobody of the branch paid any"), met=False)
    else:
        words += _(" (the line: number %(rank)s of %(payers)s who pay, from the lowest up)") % {
            "rank": figures.quantity(cut.rank),
            "payers": figures.quantity(cut.payers),
        }
        line = amount_line(words, commission, at_least(cut.cut), commission > 0 and commission >= cut.cut)
    return (by_tier, Way((line,), _("by commission")))


def _at_risk(case: Case) -> tuple[Way, ...]:
    rule, kept, days = case.rules.at_risk, case.kept, case.days
    limit = rule.share * kept.earlier_mean
    words = {"first": long_day(days["recent_from"]), "last": long_day(case.as_of)}
    earlier = {
        "first": long_day(days["earlier_from"]),
        "last": long_day(days["recent_from"] - dt.timedelta(days=1)),
    }
    lines = (
        amount_line(
            _("Mean of assets, %(first)s to %(last)s") % words,
            kept.recent_mean,
            _("≤ %(share)s of the mean before = %(limit)s")
            % {"share": figures.percent(rule.share, 0), "limit": figures.amount_short(limit)},
            kept.recent_mean <= limit,
        ),
        amount_line(
            _("Mean of assets, %(first)s to %(last)s") % earlier,
            kept.earlier_mean,
            at_least(rule.floor),
            kept.earlier_mean >= rule.floor,
        ),
    )
    return (Way(lines),)


def _movement(case: Case) -> tuple[Way, ...]:
    ways = [_MATCHED[movement["kind"]](case, movement) for movement in case.movements]
    if ways or not case.look_back:
        return tuple(ways) or (_nothing(),)
    rule = case.rules.movement
    flow = recent.largest_flow(case.client_id, case.as_of, rule)
    busiest = recent.busiest_day(case.client_id, case.as_of, rule)
    if flow is not None:
        kind = MovementKind.OUTFLOW if flow.net < 0 else MovementKind.INFLOW
        found = {"kind": kind, "day": flow.day.isoformat(), "size": abs(flow.net), "before": flow.before}
        ways += _flow_ways(case, found)
    if busiest is not None:
        ways.append(_trading_way(case, vars(busiest) | {"day": busiest.day.isoformat()}))
    return (*ways, _no_alert())


def _nothing() -> Way:
    return Way((Line(_("Flows, trades and alerts"), _("nothing above the thresholds"), "", met=False),))


def _no_alert() -> Way:
    return Way((Line(_("Open alerts"), "0", "≥ 1", met=False),), str(MovementKind.ALERT.label))


def _alert_way(_case: Case, movement: Mapping[str, Any]) -> Way:
    raised = dt.date.fromisoformat(movement["day"])
    words = _("Alert %(number)s, raised on %(day)s") % {"number": movement["alert_no"], "day": long_day(raised)}
    return Way((Line(words, _("open"), _("open"), met=True),), str(MovementKind.ALERT.label))


def _flow_way(case: Case, movement: Mapping[str, Any]) -> Way:
    """The way by which a stored movement matched: by its size alone where that is enough."""
    large, share = _flow_ways(case, movement)
    return large if large.met else share


def _flow_ways(case: Case, movement: Mapping[str, Any]) -> list[Way]:
    rule = case.rules.movement
    size, before = Decimal(movement["size"]), Decimal(movement["before"])
    title = str(MovementKind(movement["kind"]).label)
    what = _("Net flow of %(day)s") % {"day": long_day(dt.date.fromisoformat(movement["day"]))}
    large = amount_line(what, size, at_least(rule.flow), size >= rule.flow)
    of_before = Line(
        _("Share of the assets of the day before, %(before)s") % {"before": figures.amount_short(before)},
        figures.percent(size / before) if before > 0 else figures.NONE,
        f"≥ {figures.percent(rule.share, 0)}",
        before > 0 and size >= rule.share * before,
        figures.money(before),
    )
    not_small = amount_line(what, size, at_least(rule.share_floor), size >= rule.share_floor)
    return [Way((large,), title), Way((of_before, not_small), title)]


def _trading_way(case: Case, movement: Mapping[str, Any]) -> Way:
    rule = case.rules.movement
    trades, days, before = movement["trades"], movement["days_before"], movement["trades_before"]
    usual = Decimal(before) / days if days else Decimal(0)
    lines = (
        Line(
            _("Trades on %(day)s") % {"day": long_day(dt.date.fromisoformat(movement["day"]))},
            str(trades),
            f"≥ {plain(rule.trades_floor)}",
            trades >= rule.trades_floor,
        ),
        Line(
            _("Against the usual: %(trades)s trades on %(days)s trading days of the %(span)s days before")
            % {"trades": before, "days": days, "span": rule.trades_baseline_days},
            str(trades),
            f"≥ {plain(rule.trades_multiple)} × {plain(figures.rounded(usual, 2))}",
            trades * days >= rule.trades_multiple * before,
        ),
    )
    return Way(lines, str(MovementKind.TRADING.label))


_MATCHED = {
    MovementKind.ALERT: _alert_way,
    MovementKind.OUTFLOW: _flow_way,
    MovementKind.INFLOW: _flow_way,
    MovementKind.TRADING: _trading_way,
}
WAYS = {
    Group.DORMANT: _dormant,
    Group.MOVEMENT: _movement,
    Group.NEW: _new,
    Group.CORE: core_ways,
    Group.AT_RISK: _at_risk,
    Group.NO_TRADE: _no_trade,
}
