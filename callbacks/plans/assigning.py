"""Calls to the clients of a saved list, as the company wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from callbacks.plans.checking import check_script
from callbacks.plans.making import make
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Occasion
from callbacks.plans.services import MANAGE
from callbacks.queue.rules import rules
from callbacks.scripts.models import Script
from clients.desk.kept_lists import on_list
from clients.desk.listing import rule_list
from clients.lists.chosen import freeze
from clients.lists.models import ClientList
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.access.guards import refusal
from crm.access.scope import scope_of
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import User
from crm.worktime.arithmetic import at as instant

JOB = "callbacks.assign_list"
ASSIGN = "callbacks.assign_calls"
KEY_LENGTH = 36


@dataclass(frozen=True)
class Wanted:
    """Calls to the clients of `client_list`, by an "assigned" plan, due by the end of `due_on`, with `script`."""

    client_list: ClientList
    plan: Plan
    due_on: dt.date
    script: Script

    def to_json(self) -> dict[str, Any]:
        ids = {"list": self.client_list.pk, "plan": self.plan.code, "script": self.script.code}
        return ids | {"due_on": f"{self.due_on:%F}"}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Wanted:
        return cls(
            ClientList.objects.select_related("owner").get(pk=kept["list"]),
            Plan.objects.select_related("script").get(code=kept["plan"]),
            dt.date.fromisoformat(kept["due_on"]),
            Script.objects.get(code=kept["script"]),
        )


def may_assign(user: User) -> bool:
    """Whoever keeps the plans, and whoever assigns calls for the whole firm."""
    return user.has_perm(MANAGE) or (user.has_perm(ASSIGN) and scope_of(user).everything)


def check_assign(by: User, wanted: Wanted, today: dt.date) -> None:
    """Raises PermissionDenied, or ValidationError by field, for what cannot be assigned."""
    if not may_assign(by):
        raise PermissionDenied(refusal(MANAGE))
    if not ClientList.objects.visible_to(by).in_use().filter(pk=wanted.client_list.pk).exists():
        raise ValidationError({"client_list": _("This list is not yours to use.")})
    if wanted.plan.kind != ReasonKind.ASSIGNED or wanted.plan.paused_at is not None:
        raise ValidationError({"plan": _("This plan does not take lists now.")})
    if wanted.due_on < today:
        raise ValidationError({"due_on": _("A call cannot be due before it is made.")})
    check_script(wanted.script, ReasonKind.ASSIGNED)


@transaction.atomic
def request_assignment(*, wanted: Wanted, by: User, key: str, at: dt.datetime | None = None) -> Job:
    """Have the workers make the calls. The same `key` (of the form) makes them once. Raises as `check_assign`."""
    at = at or timezone.now()
    check_assign(by, wanted, timezone.localdate(at))
    return jobs.request(JOB, f"{by.pk}:{key[:KEY_LENGTH]}", by=by, params=wanted.to_json(), at=at)


def occasion_of(wanted: Wanted, key: str, at: dt.datetime) -> Occasion:
    """The occasion of one assignment. A list is called once about itself on a day."""
    day = timezone.localdate(at)
    values = {"subject": f"list:{wanted.client_list.pk}:{day:%F}", "what": wanted.client_list.name}
    due = instant(wanted.due_on, rules().hours.intervals.spans[-1][1])
    return Occasion(f"list:{key}"[:60], day, values, due_at=due, script=wanted.script)


def clients_on(wanted: Wanted, today: dt.date) -> QuerySet[Client]:
    """The clients of the list as of `today`; scope is another question."""
    standings = Standing.objects.filter(on_list(wanted.client_list, today, rule_list))
    return Client.objects.filter(pk__in=standings.values("client_id"))


@transaction.atomic
def assign(*, wanted: Wanted, by: User, key: str, at: dt.datetime | None = None) -> Making:
    """Make the calls to those clients of the list whom `by` sees. Raises as `check_assign`, and NoCallCentre."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    check_assign(by, wanted, today)
    freeze(clients_on(wanted, today), by)
    made = make(plan=wanted.plan, occasion=occasion_of(wanted, key, at), by=by, at=at)
    if made is None:
        raise ValidationError({"plan": _("This plan does not take lists now.")})
    return made
