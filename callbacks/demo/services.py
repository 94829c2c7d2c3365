"""Bring the demo firm's calls up to a day: what a firm begins with, then day after day the calls its plans made, and
what its people did with them through the same services as in service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from callbacks.calls.laying import lay_outcomes
from callbacks.demo import enquiries, steering
from callbacks.demo.making import look_up, make_calls, newest_day
from callbacks.demo.people import AGENT, PLANNER, callers, person, rounds_of
from callbacks.demo.working import Shift, try_once
from callbacks.plans.coverage import freeze_base
from callbacks.plans.first_plans import lay_first_plans
from callbacks.plans.models import Plan
from callbacks.plans.services import FIELDS, change_plan
from callbacks.queue.sweeping import forget_passed, sweep
from clients.demo.parts import Say
from crm.organisation.models import User
from crm.worktime.arithmetic import Calendar, at
from crm.worktime.calendars import calendar

DAYS = 22  # working days of a firm that is made now: about a month
SWEPT = (dt.time(8, 55), dt.time(13, 25), dt.time(18, 25))  # calls open for dialling; in service it is each minute
BEGINS = dt.time(8, 40)
# So many calls a branch and day does a firm with one clerk in each of its branches plan.
CAPS = {"risk-expiry": 6, "dormant": 3, "coverage": 2}


@transaction.atomic
def bring_up(*, until: dt.date, say: Say, now: dt.datetime | None = None) -> int:
    """Make what is missing up to `until`, in one transaction. Returns how many calls were made.

    A firm without calls gets the month before; one that has some goes on where it ended. `now` is when somebody waits
    on the line.
    """
    with translation.override(settings.LANGUAGE_CODE):
        known, newest = calendar(), newest_day()
        days = _missing(known, newest, until)
        if newest is None:
            _begin(at(known.previous_working_day(days[0]), BEGINS))
        made = _live_through(days, known, say) if days else 0
        if newest is None:
            steering.give_out(day=days[-1])
        enquiries.wait_on_the_line(now=now or timezone.now())
    return made


def _missing(known: Calendar, newest: dt.date | None, until: dt.date) -> list[dt.date]:
    """The working days after `newest` up to `until`, never more than a month of them."""
    days: list[dt.date] = []
    day = known.working_day_by(until)
    while len(days) < DAYS and (newest is None or day > newest):
        days.append(day)
        day = known.previous_working_day(day)
    return days[::-1]


def _begin(instant: dt.datetime) -> None:
    """What every firm begins with, and how many calls this one's branches can do."""
    lay_outcomes()
    lay_first_plans(at=instant)
    freeze_base(year=instant.year)
    planner = person(PLANNER)
    for plan in Plan.objects.select_related("script").filter(code__in=CAPS):
        given = {name: getattr(plan, name) for name in FIELDS} | {"cap": CAPS[plan.code]}
        change_plan(plan=plan, given=given, version=plan.version, by=planner, at=instant + dt.timedelta(hours=1))


def _live_through(days: Sequence[dt.date], known: Calendar, say: Say) -> int:
    """Every day: its calls are made, then worked on in the order of time."""
    plans = list(Plan.objects.select_related("script").order_by("rank", "code"))
    book, people = look_up(plans, days, known), callers()
    shift, made = Shift(people[AGENT]), 0
    before = shift.tries
    for day in days:
        made += make_calls(plans, book, day)
        forget_passed(at=at(day, BEGINS))
        _work(day, people, shift)
        enquiries.answer(day, [*people[AGENT]])
        steering.look_after(day)
    say(f"  callbacks: {made} calls, {shift.tries - before} tries on {len(days)} working days up to {days[-1]}")
    return made


def _work(day: dt.date, people: dict[str, list[User]], shift: Shift) -> None:
    swept = list(SWEPT)
    for one in rounds_of(day, people):
        while swept and at(day, swept[0]) <= one.at:
            sweep(at=at(day, swept.pop(0)))
        try_once(one, shift)
