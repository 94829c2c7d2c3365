"""What the client's page shows, tab by tab. Each function is a few queries; days are parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.contacts.messages import SEND
from clients.contacts.policies import ENTER
from clients.desk.sentences import flow_in_short
from clients.ledger.models import Alert
from clients.ledger.selectors import Month, open_alerts
from clients.profile.forms import interest_word, opt_out_word
from clients.profile.models import Client
from clients.profile.policies import EDIT, shown_name
from clients.profile.selectors import ClientFile
from clients.segmentation.choices import MovementKind, Style
from clients.segmentation.models import Standing
from clients.segmentation.reasons import sentences
from clients.segmentation.selectors import current_run
from crm.organisation.models import User
from crm.web import figures
from crm.web.badges import badge_of

TABS = (
    ("overview", "clients:detail"),
    ("ledger", "clients:ledger"),
    ("wishes", "clients:wishes"),
    ("why", "clients:why"),
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
    sentences: Sequence[str]  # why he stands there; none for a client whom no run has placed, or places no longer

    @property
    def client(self) -> Client:
        return self.file.client

    @property
    def masked_name(self) -> str:
        """As anybody but the client's own manager reads it: what is printed may lie about."""
        return shown_name(self.client.name, self.client.kind, clear=False)

    @property
    def interests(self) -> list[str]:
        """What the client likes to hear about, in words."""
        return [interest_word(code) for code in self.client.wishes.interests]

    @property
    def call_hours(self) -> list[str]:
        """On which days and at what hours the client wants to be called, in words; nothing where left open."""
        wishes = self.client.wishes
        between = f"{wishes.call_from:%H:%M}–{wishes.call_until:%H:%M}" if wishes.call_from else ""
        return [words for words in (str(wishes.get_call_days_display()), between) if words]

    @property
    def opt_outs(self) -> list[str]:
        """What the client does not want, in words; nothing where he has told us nothing."""
        wishes = getattr(self.client, "wishes", None)
        return [opt_out_word(code) for code in wishes.opt_outs] if wishes else []

    @property
    def risk_words(self) -> str:
        return str(badge_of("risk", self.risk).label)

    @property
    def why(self) -> str:
        """The sentence for the primary group; the first of several movements is the most urgent."""
        before = 2 if self.standing.style == Style.TRADER else 1  # sentences about tier and style come first
        return self.sentences[before] if self.sentences else ""

    @property
    def why_title(self) -> str:
        return _("Why %(group)s:") % {"group": badge_of("group", self.standing.group).label}


def header_of(file: ClientFile, today: dt.date) -> Header:
    """The head of a client's page, with why he stands where he does: four queries at most."""
    standing = file.client.standing
    run = current_run() if standing.group_since else None
    others = [code for code in standing.matches if code != standing.group]
    return Header(
        file=file,
        standing=standing,
        alerts=list(open_alerts(file.client.pk, today)[:5]),
        groups=[standing.group, *others],
        risk=standing.risk_level,
        risk_is_over=standing.risk_until is not None and standing.risk_until < today,
        sentences=sentences(standing, run) if run else (),
    )


def tabs_of(client_no: str, active: str) -> list[dict[str, Any]]:
    words = {
        "overview": _("Overview"),
        "ledger": _("Assets and trading"),
        "wishes": _("Preferences and needs"),
        "why": _("Segments"),
        "history": _("History"),
        "profile": _("Profile"),
    }
    return [
        {"label": words[code], "url": reverse(name, args=[client_no]), "count": None, "active": code == active}
        for code, name in TABS
    ]


@dataclass(frozen=True)
class Action:
    """A button beside the client: the main one is filled and answers to `n`."""

    label: str
    url: str
    icon: str
    is_main: bool = False


READING = ("overview", "ledger", "why", "history", "profile")  # tabs without a form
# Word, address, icon, permission; the first that somebody may is the main one.
ACTIONS = (
    (gettext_lazy("Record a contact"), "clients:contact-new", "phone", ENTER),
    (gettext_lazy("Promise"), "clients:promise-new", "flag", ENTER),
    (gettext_lazy("Add a note"), "clients:note-new", "pencil", EDIT),
    (gettext_lazy("Send a message"), "clients:message", "send", SEND),
)


def actions_of(user: User, client_no: str, tab: str) -> list[Action]:
    """What `user` may do from the client's page. Where the tab is a form, that form's button is the main one."""
    held = user.get_all_permissions()
    may = [(label, name, icon) for label, name, icon, permission in ACTIONS if permission in held]
    return [
        Action(str(label), reverse(name, args=[client_no]), icon, is_main=place == 0 and tab in READING)
        for place, (label, name, icon) in enumerate(may)
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


def chart_of(months: Sequence[Month], standing: Standing) -> dict[str, Any]:
    """The chart of assets and trading, as static/src/js/charts/options.js takes it, with the most urgent movement."""
    return {
        "labels": [month_label(month.first_day) for month in months],
        "series": [
            {
                "name": _("Assets at month end"),
                "unit": "money",
                "values": [None if month.assets is None else str(month.assets) for month in months],
            },
            {
                "name": _("Number of trades"),
                "type": "bar",
                "unit": "count",
                "values": [month.trades for month in months],
            },
        ],
        "marks": _marks(months, standing),
    }


def _marks(months: Sequence[Month], standing: Standing) -> list[dict[str, Any]]:
    """The most urgent flow of money, in the month in which it happened."""
    for movement in (standing.reasons or {}).get("movements", ()):
        if movement["kind"] not in (MovementKind.INFLOW, MovementKind.OUTFLOW):
            continue
        day = dt.date.fromisoformat(movement["day"])
        for index, month in enumerate(months):
            if month.assets is not None and month.first_day <= day <= month.last_day:
                return [{"index": index, "value": str(month.assets), "text": flow_in_short(movement)}]
    return []
