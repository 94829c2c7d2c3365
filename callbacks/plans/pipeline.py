"""From candidates to calls: the statements of `sql/`, in order. Belongs into a transaction; `making` holds the lock.

`judge` finds the candidates and what becomes of each, in temporary tables alone; `write` writes it. A trial judges and
goes back.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import ReasonKind, Side
from callbacks.calls.units import call_centre_unit
from callbacks.plans import filters
from callbacks.plans.choices import Overflow
from callbacks.plans.dates import base_column, due_at, quiet_until
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Occasion
from callbacks.plans.sources import SOURCES, Sampling
from callbacks.plans.sql import judging, writing
from callbacks.queue.placing import place
from callbacks.queue.rules import Rules, rules
from callbacks.queue.wishes import forbids_sql
from callbacks.scripts.models import Script
from crm.parameters.registry import value_of

Say = Callable[[int, str | Promise], None]
Counts = dict[int, Counter[str]]  # by branch (0: a party without one), by fate

STEPS = 5
DIAMONDS = "callbacks.diamond_to_call_centre"
# What can become of a candidate, in the order in which pages show it.
FATES = (
    "filtered", "cooling", "known", "sampled_out", "made", "merged", "deferred", "held", "listed", "later",
)  # fmt: skip
BEYOND = {Overflow.SMS: "listed", Overflow.LATER: "later"}
CONTACT_PARTY = -1  # stands for a party that is no client; an occasion has one at most
DRAWS = {Sampling.EACH: judging.EACH, Sampling.STRATUM: judging.IN_STRATUM}


@dataclass(frozen=True)
class Order:
    """What is to be judged. `waiting`: reasons without a call take the place of an occasion's candidates; empty for
    those whose turn it is. `ignoring`: makings that do not count, as in a trial of what they made."""

    plan: Plan
    occasion: Occasion
    at: dt.datetime
    waiting: Sequence[int] | None = None
    ignoring: Sequence[int] = ()
    trial: bool = False
    capped: bool = True

    @property
    def script(self) -> Script:
        return self.occasion.script or self.plan.script


def judge(order: Order, say: Say = lambda done, words: None) -> Counts:
    """Leave `plan_fate` and `plan_party`: what becomes of every candidate. Returns the counts."""
    known, values = rules(), _values(order)
    _execute(judging.DROP)
    say(0, _("looking for clients"))
    _execute(_candidates(order), values)
    _execute("ANALYZE plan_candidate")
    base = base_column(order.plan.due_unit)
    days = [day for (day,) in _execute(judging.BASE_DAYS.format(base=base), values)]
    due = [due_at(known.calendar, known.hours, day, order.plan.due_count, order.plan.due_unit) for day in days]
    _execute(judging.DUE, {"days": days, "due": due})
    say(1, _("filters, cooldown, known subjects"))
    _execute(_judged(order), values)
    _execute("ANALYZE plan_judged")
    say(2, _("sample, units, people who may not call"))
    values |= {"large_amount": known.large_amount}
    draw = judging.WITHOUT_DRAW if order.waiting is not None else DRAWS[SOURCES[order.plan.kind].sampling]
    _execute(judging.PLACED.format(draw=draw, base=base), values)
    _execute("ANALYZE plan_placed")
    say(3, _("quiet periods, calls that can be joined, daily limits"))
    _open_calls(order, values)
    _quiet(order.plan, known)
    _execute(judging.PARTIES, values)
    _execute("ANALYZE plan_party")
    _execute(judging.FATES, values)
    _execute("ANALYZE plan_fate")
    return _counts()


def write(order: Order, making: Making) -> None:
    """Write calls and reasons as `judge` left them, under `making`."""
    values = _values(order) | {
        "making": making.pk,
        "by": making.by_id,
        "script": order.script.pk,
        "lapses": order.plan.lapses,
    }
    _own_hours(order.at)
    for statement in (writing.CALLS, "ANALYZE plan_call", writing.INSERT_CALLS, writing.INSERT_REASONS):
        _execute(statement, values)
    for statement in (writing.TAKE_UP, writing.MERGE):
        _execute(statement, values)


def added_up(counts: Counts) -> dict[str, int]:
    """The counts of all branches together, as a making keeps them: every fate, zeros too."""
    total: Counter[str] = sum(counts.values(), Counter())
    return {"candidates": sum(total.values())} | {fate: total.get(fate, 0) for fate in FATES}


def _counts() -> Counts:
    found: Counts = {}
    for branch, fate, number in _execute(judging.COUNTS):
        found.setdefault(branch, Counter())[fate] += number
    return found


def _candidates(order: Order) -> str:
    if order.waiting is None:
        return judging.CANDIDATES.format(source=SOURCES[order.plan.kind].sql)
    return judging.WAITING.format(which=judging.CHOSEN if order.waiting else judging.ITS_TURN)


def _judged(order: Order) -> str:
    plan = order.plan
    source = SOURCES[plan.kind]
    wanted = filters.parse(plan.filters, kind=plan.kind)
    draws = plan.share < 1 or source.sampling is not Sampling.EACH
    return judging.JUDGED.format(
        filters=wanted.condition(),
        alive=judging.ANY_ACCOUNT if source.closed_too else judging.OPEN_ACCOUNTS,
        sample=judging.SAMPLE if draws else judging.EVERYBODY,
        forbidden=forbids_sql(opt_outs="w.opt_outs", kind="%(kind)s", regulated="%(regulated)s"),
    )


def _open_calls(order: Order, values: dict[str, Any]) -> None:
    whose = judging.CONTACT if order.occasion.contact else judging.CLIENTS
    statement = judging.OPEN_CALLS.format(whose=whose)
    _execute(statement + (judging.NOT_OF_THE_OCCASION if order.trial else judging.LOCKED), values)


def _quiet(plan: Plan, known: Rules) -> None:
    pairs = _execute(judging.QUIET_DAYS)
    until = [
        quiet_until(known.calendar, known.hours, reached_on=reached, due_on=due, quiet_days=plan.quiet_days)
        for reached, due in pairs
    ]
    columns = {"reached": [reached for reached, _due in pairs], "due": [due for _reached, due in pairs]}
    _execute(judging.QUIET, columns | {"until": until})


def _own_hours(at: dt.datetime) -> None:
    """Where calls to parties with hours of their own stand: reckoned once for each hours and quiet period."""
    known = rules()
    found = _execute(writing.OWN_HOURS)
    places = [
        place(known.calendar, known.own(days, start, end), not_before=quiet, at=at) for days, start, end, quiet in found
    ]
    names = ("call_days", "call_from", "call_until", "quiet_until")
    columns: dict[str, list[Any]] = {name: [row[number] for row in found] for number, name in enumerate(names)}
    columns |= {
        "ready": [one.ready for one in places],
        "opens": [one.not_before for one in places],
        "closes": [one.closes_at for one in places],
    }
    _execute(writing.HOURS, columns)


def _values(order: Order) -> dict[str, Any]:
    """The parameters of every statement."""
    plan, occasion, at = order.plan, order.occasion, order.at
    centre, contact = call_centre_unit(occasion.day), occasion.contact
    wanted = filters.parse(plan.filters, kind=plan.kind)
    cooldown = at - dt.timedelta(days=plan.cooldown_days) if plan.cooldown_days else None
    return {
        "resumed_on": None,
        **wanted.values(),
        **occasion.values,
        "day": occasion.day,
        "at": at,
        "due_at": occasion.due_at,
        "contact_name": contact.name if contact else "",
        "contact_sealed": contact.sealed if contact else None,
        "contact_key": contact.key if contact else "",
        "contact_masked": contact.masked if contact else "",
        "contact_party": CONTACT_PARTY,
        "plan": plan.pk,
        "kind": plan.kind,
        "rank": plan.rank,
        "share": plan.share,
        "seed": plan.seed or plan.code,
        "side": plan.side,
        "regulated": order.script.regulated,
        "centre": centre.pk if centre else None,
        "diamonds_to_centre": plan.kind == ReasonKind.MOVEMENT and value_of(DIAMONDS),
        "cooled_since": cooldown,
        "quiet_days": plan.quiet_days,
        "quiet_since": at - dt.timedelta(days=plan.quiet_days),
        "cap": plan.cap if order.capped else None,
        # Who waits for his turn goes on waiting, whatever becomes of newcomers by now.
        "beyond": BEYOND[Overflow(plan.overflow)] if order.waiting is None else BEYOND[Overflow.LATER],
        "reasons": list(order.waiting or ()),
        "ignoring": list(order.ignoring),
    }


def needs_centre(plan: Plan) -> bool:
    """Whether the call centre makes this plan's calls."""
    return plan.side == Side.CALL_CENTRE


def _execute(statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
