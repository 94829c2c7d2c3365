"""What other pages show of the calls: a card on the client's page, a card on the home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Min, Q

from callbacks.calls.choices import COURTESY_KINDS, OPEN, CallState, ConcernState
from callbacks.calls.models import Call, Concern
from callbacks.calls.units import call_centre_unit
from callbacks.desk.front import Numbers, numbers_of
from callbacks.desk.listing import day_begins
from callbacks.desk.rows import Line, lines_of
from callbacks.queue.supervising import ASSIGN
from clients.profile.models import Client
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.parameters.registry import value_of
from crm.web.lists import Count as Capped
from crm.web.lists import capped_count
from crm.worktime.arithmetic import ONE_DAY, SHANGHAI

MOST = 6
COUNT_TO = 1_000
WORK, COURTESY = "callbacks.work_calls", "callbacks.courtesy_calls"


@dataclass(frozen=True)
class OfClient:
    """The calls to one client: open ones by urgency, the newest of those that have ended."""

    opened: Sequence[Line]
    ended: Sequence[Line]


def of_client(client: Client, user: User, now: dt.datetime) -> OfClient:
    """Four queries."""
    calls = Call.objects.visible_to(user).filter(client=client)
    opened = list(calls.open().order_by("rank", "due_at", "id").values_list("pk", flat=True)[:MOST])
    ended = list(calls.exclude(state__in=OPEN).order_by("-id").values_list("pk", flat=True)[:MOST])
    lines = {line.one.pk: line for line in lines_of([*opened, *ended], user, now)}
    return OfClient([lines[pk] for pk in opened], [lines[pk] for pk in ended])


@dataclass(frozen=True)
class Own:
    """What somebody who makes calls has before him."""

    current: Line | None
    lines: Sequence[Line]
    count: Capped
    overdue: Capped
    numbers: Numbers


@dataclass(frozen=True)
class Steering:
    """What a supervisor or a director must see: open, overdue, due today, held, skipped too often, oldest."""

    opened: Capped
    overdue: Capped
    today: Capped
    held: Capped
    skipped: Capped
    oldest: dt.datetime | None


@dataclass(frozen=True)
class HomePanel:
    """The card of one person; None where a part is not his."""

    own: Own | None = None
    courtesy: Own | None = None
    steering: Steering | None = None
    concerns: int | None = None

    @property
    def lines(self) -> list[Line]:
        """Every line that shows a client."""
        return [line for part in (self.own, self.courtesy) if part is not None for line in part.lines]

    @property
    def is_empty(self) -> bool:
        return self.own is None and self.courtesy is None and self.steering is None and self.concerns is None


def home_panel(user: User, now: dt.datetime) -> HomePanel:
    """What the home page of `user` shows of the calls at `now`; by permission, each part a few indexed queries."""
    sees_concerns = user.has_perm("callbacks.view_concerns") or user.has_perm("callbacks.acknowledge_findings")
    return HomePanel(
        own=_own(user, now, Q(assignee=user)) if user.has_perm(WORK) else None,
        courtesy=_own(user, now, _courtesy(user)) if user.has_perm(COURTESY) else None,
        steering=_steering(user, now) if user.has_perm(ASSIGN) else None,
        concerns=Concern.objects.visible_to(user).filter(state=ConcernState.OPEN).count() if sees_concerns else None,
    )


def _courtesy(user: User) -> Q:
    """Calls without questions about conduct to the person's own clients."""
    managers = sorted(scope_of(user).manager_ids)
    return Q(client__manager__in=managers, kind__in=COURTESY_KINDS)


def _own(user: User, now: dt.datetime, which: Q) -> Own:
    mine = Call.objects.filter(which, state=CallState.WAITING)
    keys = list(mine.order_by("rank", "due_at", "id").values_list("pk", flat=True)[:MOST])
    current = Call.objects.held_by(user).values_list("pk", flat=True).first()
    lines = {line.one.pk: line for line in lines_of([*keys, *([current] if current else [])], user, now)}
    return Own(
        current=lines.get(current) if current else None,
        lines=[lines[pk] for pk in keys],
        count=capped_count(mine, COUNT_TO),
        overdue=capped_count(mine.filter(due_at__lte=now), COUNT_TO),
        numbers=numbers_of(user, now),
    )


def _steering(user: User, now: dt.datetime) -> Steering:
    """Of the units that the person steers: his branches', or the call centre's."""
    sight = Call.objects.open()
    scope = scope_of(user)
    if scope.everything:
        centre = call_centre_unit()
        sight = sight.filter(unit=centre) if centre else sight
    else:
        sight = sight.filter(unit__in=sorted(scope.branch_ids))
    tomorrow = day_begins(now.astimezone(SHANGHAI).date() + ONE_DAY)
    most = int(value_of("callbacks.skips_shown"))
    return Steering(
        opened=capped_count(sight),
        overdue=capped_count(sight.filter(due_at__lte=now), COUNT_TO),
        today=capped_count(sight.filter(due_at__gt=now, due_at__lt=tomorrow), COUNT_TO),
        held=capped_count(sight.exclude(hold=""), COUNT_TO),
        skipped=capped_count(sight.filter(skips__gt=0, skips__gte=most, hold=""), COUNT_TO),
        oldest=sight.aggregate(first=Min("due_at"))["first"],
    )
