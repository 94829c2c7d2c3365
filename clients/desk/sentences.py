"""Movements in a sentence, as lists and the home page say them; the whole calculation stands on a page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.segmentation.choices import MovementKind
from crm.web import figures


def movement_sentence(movement: Mapping[str, Any]) -> str:
    """`11-19 net outflow 550.0万, 64% of the 858.4万 of the day before`; empty for nothing."""
    if not movement:
        return ""
    return SENTENCES[movement["kind"]](movement, f"{dt.date.fromisoformat(movement['day']):%m-%d}")


def _flow(movement: Mapping[str, Any], day: str) -> str:
    size, before = Decimal(movement["size"]), Decimal(movement["before"])
    words = {"day": day, "amount": figures.amount_short(size)}
    is_out = movement["kind"] == MovementKind.OUTFLOW
    if before <= 0:
        return (_("%(day)s net outflow %(amount)s") if is_out else _("%(day)s net inflow %(amount)s")) % words
    words |= {"share": figures.percent(size / before, 0), "before": figures.amount_short(before)}
    if is_out:
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
