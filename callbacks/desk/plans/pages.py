"""Plans, their makings and trials as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from callbacks.calls.choices import ReasonKind
from callbacks.calls.models import CallReason
from callbacks.desk.plans.forms import CODES, NUMBERS
from callbacks.desk.sentences import sentence
from callbacks.plans.choices import DueUnit
from callbacks.plans.dates import COUNTED
from callbacks.plans.models import Making, Plan
from callbacks.plans.pipeline import FATES
from callbacks.plans.sources import SOURCES, Trigger
from clients.profile.policies import shown_name
from crm.audit.selectors import Change, history_of
from crm.organisation.models import Unit
from crm.web import figures
from crm.web.templatetags.ui import grouped

FATE_WORDS: dict[str, str | Promise] = {
    "candidates": gettext_lazy("Candidates"),
    "filtered": gettext_lazy("Not meant by the plan"),
    "cooling": gettext_lazy("In the cooldown"),
    "known": gettext_lazy("Called about already"),
    "sampled_out": gettext_lazy("Not in the sample"),
    "made": gettext_lazy("New calls"),
    "merged": gettext_lazy("Joined a call"),
    "deferred": gettext_lazy("New calls, after the quiet period"),
    "held": gettext_lazy("New calls, held back"),
    "listed": gettext_lazy("Listed, SMS"),
    "later": gettext_lazy("On the next days"),
}
MOST_CHANGES = 50
NOT_SHOWN = ("version", "changed_at", "changed_by")
CALLED, LISTED = ("made", "merged", "deferred", "held"), ("listed", "later")
SHOWN = (*CALLED, *LISTED)
WHEN: dict[Trigger, str | Promise] = {
    Trigger.RUN: gettext_lazy("after each segmentation"),
    Trigger.REQUESTS: gettext_lazy("after each file of permission requests"),
    Trigger.DAY: gettext_lazy("every morning"),
    Trigger.MONTH: gettext_lazy("on the first morning of a month"),
    Trigger.COMPLAINT: gettext_lazy("when a complaint has been answered"),
    Trigger.HAND: gettext_lazy("when a list is to be called"),
}


@dataclass(frozen=True)
class Row:
    """A plan in the list; calls it made on the two days."""

    plan: Plan
    kind: str | Promise
    when: str | Promise
    due: str
    today: int
    yesterday: int


@dataclass(frozen=True)
class Count:
    word: str | Promise
    number: int
    url: str = ""


@dataclass(frozen=True)
class MakingRow:
    making: Making
    what: str
    counts: list[Count]


def rows_of(plans: Sequence[Plan], today: dt.date) -> list[Row]:
    """One query for the makings of two days."""
    yesterday = today - dt.timedelta(days=1)
    made: dict[tuple[int, dt.date], int] = {}
    for one in Making.objects.filter(plan__in=plans, day__in=(today, yesterday)):
        made[one.plan_id, one.day] = made.get((one.plan_id, one.day), 0) + calls_in(one.counts)
    return [
        Row(
            plan,
            ReasonKind(plan.kind).label,
            WHEN[SOURCES[plan.kind].trigger],
            due_words(plan),
            made.get((plan.pk, today), 0),
            made.get((plan.pk, yesterday), 0),
        )
        for plan in plans
    ]


def calls_in(counts: dict[str, int]) -> int:
    """New calls of a making, however they stand."""
    return sum(counts.get(fate, 0) for fate in ("made", "deferred", "held"))


def due_words(plan: Plan) -> str:
    """The time of a plan, in words."""
    unit, number = DueUnit(plan.due_unit), plan.due_count
    if unit is DueUnit.DAYS_AFTER_OPENING:
        return ngettext("%(n)s day after opening", "%(n)s days after opening", number) % {"n": number}
    if unit is DueUnit.MONTHS_AFTER_OPENING:
        return ngettext("%(n)s month after opening", "%(n)s months after opening", number) % {"n": number}
    return f"{number} {unit.label}" if unit in COUNTED else str(unit.label)


def making_rows(makings: Sequence[Making]) -> list[MakingRow]:
    return [MakingRow(one, occasion_words(one.key), counts_of(one)) for one in makings]


def counts_of(making: Making) -> list[Count]:
    """What a making came to, without zeros; what can be looked at has an address."""
    url = reverse("callbacks:making", args=[making.pk])
    what = {fate: f"{url}?what={'called' if fate in CALLED else 'listed'}" for fate in SHOWN}
    return [
        Count(FATE_WORDS[fate], making.counts[fate], what.get(fate, ""))
        for fate in ("candidates", *FATES)
        if making.counts.get(fate)
    ]


def occasion_words(key: str) -> str:
    """An occasion for people."""
    kind, _colon, what = key.partition(":")
    words = {
        "run": _("segmentation run %(what)s"),
        "batch": _("file %(what)s"),
        "day": _("the day"),
        "month": _("month %(what)s"),
        "turn": _("whose turn has come"),
        "list": _("a client list"),
        "listed": _("called after all"),
        "complaint": _("complaint %(what)s"),
    }
    return words[kind] % {"what": what} if kind in words else key


def changes_of(plan: Plan) -> list[Change]:
    """Who changed what, the newest first, without what only counts the versions."""
    hidden = {str(field.verbose_name) for field in Plan._meta.concrete_fields if field.name in NOT_SHOWN}
    found = history_of(plan, most=MOST_CHANGES)
    return [replace(one, fields=tuple(f for f in one.fields if f.label not in hidden)) for one in found]


def facts_of(plan: Plan) -> list[tuple[str, str]]:
    """What a plan says, as pairs of words and values."""
    beyond = f" · {plan.get_overflow_display()}" if plan.cap else ""
    found = [
        (_("Reason to call"), str(ReasonKind(plan.kind).label)),
        (_("When it makes calls"), str(WHEN[SOURCES[plan.kind].trigger])),
        (_("Who calls"), plan.get_side_display()),
        (_("Script"), plan.script.name),
        (_("Share of them (%)"), figures.percent(plan.share, 2)),
        (_("Urgency"), str(plan.rank)),
        (_("Time to call"), due_words(plan)),
        (_("Warn so many days before"), str(plan.warn_days)),
        (_("At most a branch and day"), f"{plan.cap}{beyond}" if plan.cap else _("no limit")),
        (_("Quiet period (days)"), str(plan.quiet_days)),
        (_("Cooldown (days)"), str(plan.cooldown_days)),
    ]
    if plan.lapses:
        found.append((_("Lapses by itself"), _("Yes")))
    return found


def filters_of(plan: Plan) -> list[tuple[str, str]]:
    """Which clients a plan means, in words; empty: all."""
    found = []
    for name, value in plan.filters.items():
        if name in CODES:
            label, choices = CODES[name]
            words = dict(choices)
            found.append((str(label), _comma([str(words.get(code, code)) for code in value])))
        elif name in NUMBERS:
            found.append((str(NUMBERS[name]), str(value)))
        elif name == "branches":
            units = Unit.objects.filter(code__in=value).order_by("code")
            found.append((_("Branches"), _comma([unit.name for unit in units])))
        else:
            label = _("Average assets from") if name == "min_assets" else _("Average assets below")
            found.append((label, str(figures.amount_short(figures.to_decimal(value)))))
    return found


def _comma(words: Sequence[str]) -> str:
    return pgettext_lazy("between words of a list", ", ").join(words) if words else ""


@dataclass(frozen=True)
class ReasonRow:
    """A reason in a list: whose, why, and its call."""

    reason: CallReason
    url: str
    number: str
    name: str
    branch: str
    why: str
    call_url: str


def reason_rows(reasons: Sequence[CallReason]) -> list[ReasonRow]:
    """The lines of a page; names are masked for everybody."""
    return [_reason_row(one) for one in reasons]


def _reason_row(one: CallReason) -> ReasonRow:
    client = one.client
    return ReasonRow(
        reason=one,
        url=reverse("clients:detail", args=[client.client_no]) if client else "",
        number=grouped(client.client_no) if client else _("no client"),
        name=shown_name(client.name, client.kind, clear=False) if client else "",
        branch=client.branch.name if client else "",
        why=sentence(one),
        call_url=reverse("callbacks:call", args=[one.call_id]) if one.call_id else "",
    )
