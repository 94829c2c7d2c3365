"""Why somebody is called, in a sentence: "11-19 net outflow 1.3M, 64% of the 2.0M of the day before".

The sentence is made of `CallReason.facts` alone, in the language of the page. What each kind of reason keeps there
(texts, ISO days, amounts as text); what is missing shortens the sentence, and without anything it is the kind's name:

    movement            the movement as a run keeps it (clients.segmentation): kind, day, size, before …
    complaint_answered  complaint_no, answered_on, about
    permission          permission (code), requested_on, opened_on
    new_client          opened_on
    at_risk             recent_mean, earlier_mean
    core                average_assets, commission_12m
    manager_changed     old_manager, new_manager (names), changed_on
    risk_expiry         level, valid_until
    dormant             last_trade_on
    conduct_sample      manager (name), month ("2026-11")
    coverage            year
    assigned            what
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from clients.desk.sentences import movement_sentence
from clients.suitability.choices import Permission, level_short
from crm.web import figures

Facts = Mapping[str, Any]


class Reason(Protocol):
    """What a sentence needs of a `CallReason`."""

    @property
    def kind(self) -> str: ...

    @property
    def facts(self) -> dict[str, Any]: ...


def sentence(reason: Reason) -> str:
    """The reason in a sentence; the name of its kind where its facts say nothing."""
    say = SENTENCES.get(reason.kind)
    return (say(reason.facts) if say else "") or kind_word(reason.kind)


def sentence_of(reasons: Sequence[Reason]) -> str:
    """The first reason in a sentence, and how many others the call has."""
    if not reasons:
        return ""
    others = len(reasons) - 1
    if not others:
        return sentence(reasons[0])
    more = ngettext("and %(n)s more reason", "and %(n)s more reasons", others) % {"n": others}
    return _("%(first)s; %(more)s") % {"first": sentence(reasons[0]), "more": more}


def kind_word(kind: str) -> str:
    """What a kind of reason is called; the code itself for one that does not exist any more."""
    return _translated(kind, get_language())


@lru_cache(maxsize=256)
def _translated(kind: str, language: str | None) -> str:
    """Lists write the same dozen words in every row; the language is part of the key because the word is."""
    return str(ReasonKind(kind).label) if kind in ReasonKind.values else kind


def _day(facts: Facts, name: str) -> str:
    """A day as a sentence says it; empty when it is not known."""
    return f"{dt.date.fromisoformat(str(facts[name])):%m-%d}" if facts.get(name) else ""


def _full_day(facts: Facts, name: str) -> str:
    return str(facts.get(name) or "")


def _amount(facts: Facts, name: str) -> Decimal | None:
    return figures.to_decimal(facts[name]) if facts.get(name) not in (None, "") else None


def _complaint(facts: Facts) -> str:
    words = {
        "number": facts.get("complaint_no", ""),
        "day": _day(facts, "answered_on"),
        "about": facts.get("about", ""),
    }
    if not (words["number"] and words["day"]):
        return ""
    if words["about"]:
        return _("complaint %(number)s (%(about)s) answered on %(day)s: is the client satisfied?") % words
    return _("complaint %(number)s answered on %(day)s: is the client satisfied?") % words


def _permission(facts: Facts) -> str:
    code = str(facts.get("permission", ""))
    words = {"permission": Permission(code).label if code in Permission.values else code}
    if not code:
        return ""
    if opened := _day(facts, "opened_on"):
        return _("%(permission)s opened on %(day)s") % (words | {"day": opened})
    if asked := _day(facts, "requested_on"):
        return _("asked on %(day)s for %(permission)s") % (words | {"day": asked})
    return _("asked for %(permission)s") % words


def _new_client(facts: Facts) -> str:
    opened = _full_day(facts, "opened_on")
    return _("opened the account on %(day)s") % {"day": opened} if opened else ""


def _at_risk(facts: Facts) -> str:
    recent, earlier = _amount(facts, "recent_mean"), _amount(facts, "earlier_mean")
    if recent is None or not earlier:
        return ""
    words = {
        "recent": figures.amount_short(recent),
        "share": figures.percent(recent / earlier, 0),
        "earlier": figures.amount_short(earlier),
    }
    return _("assets lately %(recent)s, %(share)s of the %(earlier)s before") % words


def _core(facts: Facts) -> str:
    assets, commission = _amount(facts, "average_assets"), _amount(facts, "commission_12m")
    if assets is None:
        return ""
    words = {"assets": figures.amount_short(assets), "commission": figures.amount_short(commission)}
    if commission is None:
        return _("became a core client, average assets %(assets)s") % words
    return _("became a core client, average assets %(assets)s, commission of 12 months %(commission)s") % words


def _manager_changed(facts: Facts) -> str:
    words = {
        "old": facts.get("old_manager", ""),
        "new": facts.get("new_manager", ""),
        "day": _day(facts, "changed_on"),
    }
    if words["old"] and words["new"] and words["day"]:
        return _("customer manager changed on %(day)s from %(old)s to %(new)s") % words
    if words["old"] and words["day"]:
        return _("customer manager %(old)s left on %(day)s, nobody has followed") % words
    return _("%(new)s is the customer manager since %(day)s") % words if words["new"] and words["day"] else ""


def _risk_expiry(facts: Facts) -> str:
    until = _full_day(facts, "valid_until")
    words = {"level": level_short(str(facts.get("level", ""))), "day": until}
    return _("risk assessment %(level)s valid until %(day)s") % words if until else ""


def _dormant(facts: Facts) -> str:
    last = _full_day(facts, "last_trade_on")
    return _("dormant, last trade on %(day)s") % {"day": last} if last else _("dormant, never traded")


def _conduct(facts: Facts) -> str:
    words = {"manager": facts.get("manager", ""), "month": facts.get("month", "")}
    return _("sample of %(manager)s's clients, %(month)s") % words if words["manager"] and words["month"] else ""


def _coverage(facts: Facts) -> str:
    return _("coverage of %(year)s") % {"year": facts["year"]} if facts.get("year") else ""


def _assigned(facts: Facts) -> str:
    return str(facts.get("what", ""))


def _movement(facts: Facts) -> str:
    return movement_sentence(facts) if facts.get("kind") and facts.get("day") else ""


SENTENCES: dict[str, Callable[[Facts], str]] = {
    ReasonKind.MOVEMENT: _movement,
    ReasonKind.COMPLAINT_ANSWERED: _complaint,
    ReasonKind.PERMISSION: _permission,
    ReasonKind.NEW_CLIENT: _new_client,
    ReasonKind.AT_RISK: _at_risk,
    ReasonKind.CORE: _core,
    ReasonKind.MANAGER_CHANGED: _manager_changed,
    ReasonKind.RISK_EXPIRY: _risk_expiry,
    ReasonKind.DORMANT: _dormant,
    ReasonKind.CONDUCT_SAMPLE: _conduct,
    ReasonKind.COVERAGE: _coverage,
    ReasonKind.ASSIGNED: _assigned,
}
