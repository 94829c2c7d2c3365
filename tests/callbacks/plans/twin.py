"""What a plan makes, in plain Python: written from the rules of `callbacks.md`, without the product's SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from crm.worktime.arithmetic import SHANGHAI, Calendar

URGENCY = {"alert": 4, "outflow": 3, "trading": 2, "inflow": 1}


@dataclass(frozen=True)
class Subject:
    name: str
    kind: str
    size: int


@dataclass
class OpenCall:
    """A waiting call of the party."""

    key: int
    unit: str
    hold: str = ""
    assignee: str = ""
    rank: int = 50


@dataclass
class Party:
    """A client as far as plans look."""

    number: str
    branch: str
    subjects: list[Subject]
    manager: str = ""
    introducer: str = ""
    closed: bool = False
    phone: bool = True
    opt_outs: tuple[str, ...] = ()
    assets: int = 0
    past: list[tuple[int, str]] = field(default_factory=list)  # reasons of the kind: days ago, subject
    reached: list[tuple[int, int]] = field(default_factory=list)  # days ago, rank
    open_calls: list[OpenCall] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """The plan."""

    rank: int = 50
    share: Decimal = Decimal(1)
    seed: str = "s"
    cap: int | None = None
    beyond: str = "later"
    cooldown: int = 90
    quiet: int = 7
    regulated: bool = True
    due_days: int = 5
    min_assets: int = 0


@dataclass(frozen=True)
class Made:
    """What a call is made with, or joined to."""

    joined: int | None
    hold: str
    not_before: dt.datetime | None
    recused: frozenset[str]
    due: dt.datetime


def make(
    rule: Rule, parties: list[Party], calendar: Calendar, base: dt.date, today: dt.date
) -> tuple[dict[tuple[str, str], str], dict[str, Made]]:
    """The fate of every subject, and the call of every party that gets one."""
    fates = {(party.number, one.name): lost(rule, party, one) for party in parties for one in party.subjects}
    due = instant(working_day_after(calendar, base, rule.due_days), 20)
    left = [(party, [one for one in party.subjects if not fates[party.number, one.name]]) for party in parties]
    ranked = sorted(
        ((p, sorted(s, key=urgency)) for p, s in left if s), key=lambda one: (*first(one[1]), one[0].number)
    )
    calls: dict[str, Made] = {}
    places: dict[str, int] = {}
    for party, subjects in ranked:
        places[party.branch] = places.get(party.branch, 0) + 1
        if rule.cap is not None and places[party.branch] > rule.cap:
            fates |= {(party.number, one.name): rule.beyond for one in subjects}
            continue
        made = called(rule, party, calendar, due, today)
        calls[party.number] = made
        for place, one in enumerate(subjects):
            fates[party.number, one.name] = "merged" if made.joined or place else fate_of(made)
    return fates, calls


def lost(rule: Rule, party: Party, one: Subject) -> str:
    """Why a subject is out before anybody calls; empty when it is in."""
    if party.closed or party.assets < rule.min_assets:
        return "filtered"
    if rule.cooldown and any(days < rule.cooldown for days, _name in party.past):
        return "cooling"
    if any(name == one.name for _days, name in party.past):
        return "known"
    digest = hashlib.md5(f"{rule.seed}|{party.number}|{one.name}".encode()).hexdigest()
    return "" if int(digest[:15], 16) < rule.share * 2**60 else "sampled_out"


def called(rule: Rule, party: Party, calendar: Calendar, due: dt.datetime, today: dt.date) -> Made:
    people = [party.manager, party.introducer] if rule.regulated else []
    recused = frozenset(one for one in people if one)
    # Movements are no courtesy: who wants no marketing is asked about them all the same.
    hold = "opt_out" if "phone" in party.opt_outs else "" if party.phone else "no_phone"
    fitting = [
        call
        for call in party.open_calls
        if call.unit == party.branch and call.hold == hold and call.assignee not in recused
    ]
    joined = min(fitting, key=lambda call: (call.rank, call.key), default=None)
    quiet = quiet_until(rule, party, calendar, due, today)
    return Made(joined.key if joined else None, hold, quiet, recused, due)


def quiet_until(rule: Rule, party: Party, calendar: Calendar, due: dt.datetime, today: dt.date) -> dt.datetime | None:
    """Reached of late for something more urgent: not before it is over, or the last working day before it is due."""
    lately = [days for days, rank in party.reached if days < rule.quiet and rank < rule.rank]
    if not lately:
        return None
    over = today - dt.timedelta(days=min(lately)) + dt.timedelta(days=rule.quiet)
    while not calendar.is_working(over):
        over += dt.timedelta(days=1)
    last = due.date() - dt.timedelta(days=1)
    while not calendar.is_working(last):
        last -= dt.timedelta(days=1)
    until = instant(min(over, last), 9)
    return until if until > instant(today, 3) else None


def fate_of(made: Made) -> str:
    return "held" if made.hold else "deferred" if made.not_before else "made"


def urgency(one: Subject) -> tuple[int, int, str]:
    return (-URGENCY[one.kind], -one.size, one.name)


def first(subjects: list[Subject]) -> tuple[int, int]:
    return urgency(subjects[0])[:2]


def working_day_after(calendar: Calendar, day: dt.date, number: int) -> dt.date:
    while number:
        day += dt.timedelta(days=1)
        number -= calendar.is_working(day)
    return day


def instant(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), SHANGHAI)
