"""The calls that the demo firm's plans made on the mornings of its past, written as a making writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from callbacks.calls.choices import Side
from callbacks.calls.models import Call, CallReason
from callbacks.calls.units import call_centre_unit
from callbacks.demo.candidates import SOURCES, Candidate, candidates
from callbacks.demo.chance import moment
from callbacks.plans.dates import FROM_OPENING, due_at
from callbacks.plans.making import make
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import of_month
from callbacks.plans.pipeline import FATES
from callbacks.queue.placing import place
from callbacks.queue.rules import Rules, rules
from crm.worktime.arithmetic import ONE_DAY, Calendar

MORNING = "07:30"  # when plans make their calls
MARKER = "new-client"  # every lived day has a making of it, of none if need be: it says how far the demo has come
SAMPLE = "conduct-sample"  # of it the real thing is made: it asks for no run
# So many of a plan a branch and day; what is beyond was not called about in those days.
MOST = {"movement": 1, "permission": 1, "new-client": 3, "at-risk": 1, "core": 1, "risk-expiry": 1, "dormant": 1}
MOST_OF_OTHERS = 1


@dataclass
class Book:
    """What is to be made, by day and plan, and who has been called already: nobody twice in the same weeks."""

    days: dict[dt.date, dict[str, list[Candidate]]]
    called: set[int] = field(default_factory=set)


def look_up(plans: Sequence[Plan], days: Sequence[dt.date], calendar: Calendar) -> Book:
    """The candidates of working `days` (in order): facts count on the next working day."""
    book = Book({day: {} for day in days})
    first = calendar.previous_working_day(days[0])
    for plan in plans:
        if plan.code in SOURCES and plan.paused_at is None:
            for one in candidates(plan.code, plan.kind, first=first, last=days[-1] - ONE_DAY):
                day = calendar.next_working_day(one.fact_day)
                book.days.get(day, {}).setdefault(plan.code, []).append(one)
    return book


def make_calls(plans: Sequence[Plan], book: Book, day: dt.date) -> int:
    """Make the calls of the morning of `day`. Returns how many. What a plan made on that day already stays alone."""
    made_by = set(Making.objects.filter(day=day, key=_key(day)).values_list("plan_id", flat=True))
    known = rules()
    calls: list[Call] = []
    reasons: list[CallReason] = []
    for plan in plans:
        at = moment(day, MORNING, minutes=5, words=[plan.code, day])
        if plan.code == SAMPLE and known.calendar.previous_working_day(day).month != day.month:
            make(plan=plan, occasion=of_month(day), at=at)
        found = list(_chosen(book, plan, day)) if plan.pk not in made_by else []
        if found or (plan.code == MARKER and plan.pk not in made_by):
            new = [_call(plan, one, at, known) for one in found]
            making = Making.objects.create(plan=plan, key=_key(day), day=day, at=at, counts=_counts(len(new)))
            reasons += [_reason(plan, one, call, making) for one, call in zip(found, new, strict=True)]
            calls += new
    Call.objects.bulk_create(calls)
    CallReason.objects.bulk_create(reasons)
    return len(calls)


def newest_day() -> dt.date | None:
    """The last day of calls that the demo made. In service this plan's makings are of runs, never of a day."""
    made = Making.objects.filter(plan__code=MARKER, key__startswith="day:").order_by("-day").first()
    return made.day if made else None


def _key(day: dt.date) -> str:
    return f"day:{day:%F}"


def _chosen(book: Book, plan: Plan, day: dt.date) -> Iterator[Candidate]:
    """Of a plan's candidates of the day so many of each branch as are called, each client once."""
    left: dict[int, int] = {}
    for one in book.days[day].get(plan.code, ()):
        room = left.setdefault(one.branch, MOST.get(plan.code, MOST_OF_OTHERS))
        if room and one.client not in book.called:
            book.called.add(one.client)
            left[one.branch] = room - 1
            yield one


def _counts(made: int) -> dict[str, int]:
    return {"candidates": made} | dict.fromkeys(FATES, 0) | {"made": made}


def _call(plan: Plan, one: Candidate, at: dt.datetime, known: Rules) -> Call:
    centre = call_centre_unit(at.date()) if plan.side == Side.CALL_CENTRE else None
    own = known.own(one.call_days, one.call_from, one.call_until)
    base = one.opened_on if plan.due_unit in FROM_OPENING else one.fact_day + ONE_DAY
    return Call(
        client_id=one.client, branch_id=one.branch, unit_id=centre.pk if centre else one.branch,
        kind=plan.kind, rank=plan.rank, regulated=plan.script.regulated, made_at=at,
        due_at=due_at(known.calendar, known.hours, base, plan.due_count, plan.due_unit),
        recused=_recused(plan, [one.manager, one.introducer]),
        **place(known.calendar, own, not_before=None, at=at).fields(),
    )  # fmt: skip


def _recused(plan: Plan, people: Collection[int | None]) -> list[int]:
    return sorted({one for one in people if one is not None}) if plan.script.regulated else []


def _reason(plan: Plan, one: Candidate, call: Call, making: Making) -> CallReason:
    return CallReason(
        call=call, client_id=one.client, branch_id=one.branch, kind=plan.kind, subject=one.subject, plan=plan,
        making=making, script=plan.script, facts=one.facts, rank=plan.rank, due_at=call.due_at,
        regulated=call.regulated, lapses=plan.lapses, recused=call.recused, made_at=call.made_at,
    )  # fmt: skip
