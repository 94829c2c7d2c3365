"""Why a client is in his group, in half a line, as lists and the home page say it.

The full sentences, with the rule and the version of the policy, are `clients.segmentation.sentences`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.segmentation.choices import Group, MovementKind
from clients.segmentation.models import Figures
from crm.web import figures


def reason_in_short(kept: Figures) -> str:
    """Why the primary group, from the figures that a run stored; empty for `general`."""
    return REASONS[Group(kept.group)](kept) if kept.group in REASONS else ""


def _at_risk(kept: Figures) -> str:
    if not kept.earlier_mean:
        return ""
    words = {
        "recent": figures.amount_short(kept.recent_mean),
        "share": figures.percent(kept.recent_mean / kept.earlier_mean, 0),
        "earlier": figures.amount_short(kept.earlier_mean),
    }
    return _("assets lately %(recent)s, %(share)s of the %(earlier)s before") % words


def _core(kept: Figures) -> str:
    words = {
        "commission": figures.amount_short(kept.commission_12m),
        "assets": figures.amount_short(kept.average_assets),
    }
    return _("average assets %(assets)s, commission of 12 months %(commission)s") % words


def _dormant(kept: Figures) -> str:
    return _("last trade %(day)s") % {"day": f"{kept.last_trade_on:%F}"} if kept.last_trade_on else _("never traded")


def _no_trade(kept: Figures) -> str:
    return _("never traded")


def _movement(kept: Figures) -> str:
    movements = (kept.reasons or {}).get("movements", ())
    return movement_sentence(movements[0]) if movements else ""


REASONS: dict[Group, Callable[[Figures], str]] = {
    Group.DORMANT: _dormant,
    Group.MOVEMENT: _movement,
    Group.CORE: _core,
    Group.AT_RISK: _at_risk,
    Group.NO_TRADE: _no_trade,
}


def flow_in_short(movement: Mapping[str, Any]) -> str:
    """`11-19 净流出 550.0万`: a mark on a chart."""
    words = {"day": f"{dt.date.fromisoformat(movement['day']):%m-%d}", "amount": figures.amount_short(movement["size"])}
    is_out = movement["kind"] == MovementKind.OUTFLOW
    return (_("%(day)s net outflow %(amount)s") if is_out else _("%(day)s net inflow %(amount)s")) % words


def movement_sentence(movement: Mapping[str, Any]) -> str:
    """`11-19 net outflow 550.0万, 64% of the 858.4万 of the day before`; empty for nothing."""
    if not movement:
        return ""
    return SENTENCES[movement["kind"]](movement, f"{dt.date.fromisoformat(movement['day']):%m-%d}")


def _flow(movement: Mapping[str, Any], day: str) -> str:
    size, before = Decimal(movement["size"]), Decimal(movement["before"])
    if before <= 0:
        return flow_in_short(movement)
    words = {
        "day": day,
        "amount": figures.amount_short(size),
        "share": figures.percent(size / before, 0),
        "before": figures.amount_short(before),
    }
    if movement["kind"] == MovementKind.OUTFLOW:
        return _("%(day)s net outflow %(amount)s, %(share)s of the %(before)s of the day before") % words
    return _("%(day)s net inflow %(amount)s, %(share)s of the %(before)s of the day before") % words


def _trading(movement: Mapping[str, Any], day: str) -> str:
    words = {"day": day, "n": movement["trades"], "amount": figures.amount_short(movement["size"])}
    if not movement["trades_before"]:
        return _("%(day)s %(n)s trades, %(amount)s, none in the weeks before") % words
    times = Decimal(movement["trades"]) * movement["days_before"] / Decimal(movement["trades_before"])
    return _("%(day)s %(n)s trades, %(amount)s, %(times)s times the usual") % (
        words | {"times": figures.rounded(times, 1)}
    )


def _alert(movement: Mapping[str, Any], day: str) -> str:
    return _("Alert %(number)s open since %(day)s") % {"number": movement["alert_no"], "day": day}


SENTENCES: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    str(MovementKind.ALERT): _alert,
    str(MovementKind.OUTFLOW): _flow,
    str(MovementKind.TRADING): _trading,
    str(MovementKind.INFLOW): _flow,
}
