"""What the client's page shows, tab by tab. Each function is a few queries; days are parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.ledger.models import Alert
from clients.ledger.selectors import Month, open_alerts
from clients.profile.models import Client
from clients.profile.selectors import ClientFile
from clients.segmentation.models import Standing
from clients.suitability.choices import RiskLevel
from crm.web import figures

TABS = (
    ("overview", "clients:detail"),
    ("ledger", "clients:ledger"),
    ("history", "clients:history"),
    ("profile", "clients:profile"),
)


@dataclass(frozen=True)
class Header:
    """The head of every tab: who this is, where he stands and why, what must not be missed."""

    file: ClientFile
    standing: Standing
    alerts: Sequence[Alert]
    groups: Sequence[str]  # the primary group first, then what else matches
    risk: str  # "C4", or empty when never assessed
    risk_is_over: bool

    @property
    def client(self) -> Client:
        return self.file.client

    @property
    def risk_words(self) -> str:
        return str(dict(RiskLevel.choices).get(self.risk, self.risk))

    @property
    def is_segmented(self) -> bool:
        return self.standing.run_id is not None


def header_of(file: ClientFile, today: dt.date) -> Header:
    """The head of a client's page: one query, for open alerts."""
    standing = file.client.standing
    others = [code for code in standing.matches if code != standing.group]
    return Header(
        file=file,
        standing=standing,
        alerts=list(open_alerts(file.client.pk, today)[:5]),
        groups=[standing.group, *others],
        risk=standing.risk_level,
        risk_is_over=standing.risk_until is not None and standing.risk_until < today,
    )


def tabs_of(client_no: str, active: str) -> list[dict[str, Any]]:
    words = {
        "overview": _("Overview"),
        "ledger": _("Assets and trading"),
        "history": _("History"),
        "profile": _("Profile"),
    }
    return [
        {"label": words[code], "url": reverse(name, args=[client_no]), "count": None, "active": code == active}
        for code, name in TABS
    ]


def age_in_words(since: dt.date, today: dt.date) -> str:
    """How long ago, as people say it: `6 years 4 months`, `3 months`, `12 days`."""
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    if months < 1:
        return figures.days(max((today - since).days, 0))
    years, months = divmod(months, 12)
    parts = [
        ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years else "",
        ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else "",
    ]
    return " ".join(part for part in parts if part)


def month_label(first_day: dt.date) -> str:
    """`11月`, `Nov`; the first month of a year with the year."""
    if figures.is_chinese():
        return f"{first_day:%Y}年1月" if first_day.month == 1 else f"{first_day.month}月"
    return f"{first_day:%b %Y}" if first_day.month == 1 else f"{first_day:%b}"


def chart_of(months: Sequence[Month], movements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The chart of assets and trading, as static/src/js/charts/options.js takes it."""
    return {
        "labels": [month_label(month.first_day) for month in months],
        "series": [
            {
                "name": _("Assets at month end"),
                "unit": "money",
                "values": [None if month.assets is None else str(month.assets) for month in months],
            },
            {"name": _("Trades"), "type": "bar", "unit": "count", "values": [month.trades for month in months]},
        ],
        "marks": _marks(months, movements),
    }


def _marks(months: Sequence[Month], movements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The most urgent movement, in the month in which it happened."""
    for movement in movements[:1]:
        for index, month in enumerate(months):
            if month.assets is not None and month.first_day <= movement["day"] <= month.last_day:
                return [{"index": index, "value": str(month.assets), "text": movement["text"]}]
    return []
