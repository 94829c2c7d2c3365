"""The queue's front page for who works on calls: what I do now, what is mine, what is due, my numbers of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from callbacks.calls.choices import OPEN, CallState
from callbacks.calls.models import Attempt, Call, HandOver
from callbacks.calls.units import acts_as, pools_of
from callbacks.desk.listing import MINE, TEAM, day_begins
from callbacks.desk.rows import Line, lines_of
from callbacks.queue.rules import rules
from crm.organisation.models import User
from crm.web.lists import CAP, capped_count
from crm.web.lists import Count as Capped
from crm.worktime.arithmetic import SHANGHAI, in_window, next_opening
from crm.worktime.calendars import calendar

MOST = 8
WORK = ("callbacks.work_calls", "callbacks.courtesy_calls")


@dataclass(frozen=True)
class Numbers:
    """What somebody did: tries, parties reached, calls finished, and the finished ones of a usual day last month."""

    tries: int
    reached: int
    done: int
    usual: float


@dataclass(frozen=True)
class Front:
    """The page of one person at one instant."""

    current: Line | None
    mine: Sequence[Line]
    mine_count: Capped
    overdue: Capped
    today: Capped
    pool: Capped
    offered: Sequence[HandOver]
    asked: Sequence[HandOver]
    numbers: Numbers
    whose: str  # the tab of the list that the counts of what is due belong to
    closed_words: str = ""
    others: Sequence[Line] = field(default_factory=tuple)  # further calls that he holds


def front_of(user: User, now: dt.datetime) -> Front:
    """What the page shows `user` at `now`: a fixed number of queries, each by an index."""
    ids, pools = acts_as(user), pools_of(user)
    held = list(Call.objects.filter(claimed_by=user).order_by("-claimed_at", "-id").values_list("pk", flat=True)[:MOST])
    assigned = Call.objects.filter(state=CallState.WAITING, assignee__in=ids).order_by("rank", "due_at", "id")
    mine = list(assigned.values_list("pk", flat=True)[:MOST])
    lines = {line.one.pk: line for line in lines_of([*held, *mine], user, now)}
    waiting = Call.objects.open().filter(Q(unit__in=pools) if pools else Q(assignee__in=ids))
    tomorrow = day_begins(_day(now) + dt.timedelta(days=1))
    offers = HandOver.objects.select_related("from_user", "to_user", "call__client", "enquiry")
    return Front(
        current=lines.get(held[0]) if held else None,
        others=[lines[pk] for pk in held[1:] if pk in lines],
        mine=[lines[pk] for pk in mine if pk in lines],
        mine_count=capped_count(assigned, 1_000),
        overdue=capped_count(waiting.filter(due_at__lte=now), 1_000),
        today=capped_count(waiting.filter(due_at__gt=now, due_at__lt=tomorrow), 1_000),
        pool=capped_count(waiting, CAP),
        offered=list(offers.waiting_for(user).order_by("asked_at")),
        asked=list(offers.filter(from_user=user, state="asked").order_by("asked_at")),
        numbers=numbers_of(user, now),
        whose=TEAM if pools else MINE,
        closed_words=closed_words(now),
    )


def _day(now: dt.datetime) -> dt.date:
    return now.astimezone(SHANGHAI).date()


def closed_words(now: dt.datetime) -> str:
    """That nobody is called at this hour, and when it begins again; empty in the usual hours."""
    known = rules()
    if in_window(known.calendar, now, known.hours):
        return ""
    opens = next_opening(known.calendar, now, known.hours)
    words = _("Outside the hours for calls (%(hours)s on working days). They begin again on %(day)s at %(time)s.")
    return words % {"hours": known.hours.intervals, "day": f"{opens:%m-%d}", "time": f"{opens:%H:%M}"}


def numbers_of(user: User, now: dt.datetime) -> Numbers:
    """Today's numbers, and what a working day of last month came to: three queries by the person's own indexes."""
    today = _day(now)
    first = today.replace(day=1)
    before = (first - dt.timedelta(days=1)).replace(day=1)
    tried = Attempt.objects.filter(by=user, started_at__gte=day_begins(today), started_at__lte=now)
    tries = tried.aggregate(all=Count("pk"), reached=Count("pk", filter=Q(outcome__reached=True)))
    ended = Call.objects.filter(ended_by=user, state=CallState.DONE).exclude(state__in=OPEN)
    done = ended.filter(ended_at__gte=day_begins(today), ended_at__lte=now).count()
    last = ended.filter(ended_at__gte=day_begins(before), ended_at__lt=day_begins(first)).count()
    days = sum(calendar().is_working(before + dt.timedelta(days=n)) for n in range((first - before).days))
    return Numbers(tries["all"], tries["reached"], done, round(last / days, 1) if days else 0)
