"""Trials: what a plan, saved or not, would make today. The same statements as a making, up to those that write."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from callbacks.calls.units import call_centre_unit
from callbacks.plans import assigning, occasions
from callbacks.plans.checking import check_fields
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Occasion
from callbacks.plans.pipeline import Order, Say, added_up, judge, needs_centre
from callbacks.plans.services import FIELDS, TRY
from callbacks.plans.sources import SOURCES, Trigger
from callbacks.queue.rules import rules
from callbacks.scripts.models import Script
from clients.lists.chosen import freeze
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from crm.access.guards import check
from crm.jobs import services as jobs
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job, JobState
from crm.organisation.models import User

JOB = "callbacks.try_plan"
SHOWN_OF_EACH = 12  # lines of each fate, as an example
# When the calls could be dialled first: at once, after a quiet period, or with so many days before whose turn it is.
DAYS = """
SELECT fate, quiet_until, CASE WHEN fate = 'later' THEN ((place - 1) / %(cap)s)::integer ELSE 0 END AS ahead, count(*)
FROM plan_fate
WHERE leads OR fate IN ('merged', 'listed', 'later')
GROUP BY fate, quiet_until, 3
"""
LINES = """
SELECT client_id, facts::text, due, fate
FROM (SELECT *, row_number() OVER (PARTITION BY fate ORDER BY place, subject) AS line FROM plan_fate) AS numbered
WHERE line <= %(most)s AND client_id IS NOT NULL
ORDER BY fate, line
"""


@dataclass(frozen=True)
class Line:
    """One candidate as an example. `due` is ISO."""

    client: int
    facts: dict[str, Any]
    due: str
    fate: str


@dataclass(frozen=True)
class Trial:
    """What a trial found. `branches`: counts by branch; `days`: [ISO day, fate, number]."""

    kind: str
    day: str
    occasion: str
    counts: dict[str, int]
    branches: list[tuple[int, dict[str, int]]]
    days: list[tuple[str, str, int]]
    lines: list[Line]

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Trial:
        own = {
            "branches": [(branch, counts) for branch, counts in kept["branches"]],
            "days": [(day, fate, number) for day, fate, number in kept["days"]],
            "lines": [Line(**line) for line in kept["lines"]],
        }
        return cls(**{**kept, **own})


def as_json(plan: Plan) -> dict[str, Any]:
    """A plan, saved or not, as the params of a job."""
    plain = {name: getattr(plan, name) for name in FIELDS if name != "script"}
    plain |= {"share": str(plan.share), "script": plan.script.code, "code": plan.code, "kind": plan.kind}
    return plain | {"plan": plan.pk}


def from_json(kept: Mapping[str, Any]) -> Plan:
    """The plan that `as_json` wrote; nothing is read but its script."""
    given = {name: kept[name] for name in FIELDS if name != "script"}
    script = Script.objects.get(code=kept["script"])
    plan = Plan(pk=kept["plan"], code=kept["code"], kind=kept["kind"], script=script, **given)
    plan.clean_fields(exclude=["changed_at", "changed_by", "paused_by", "code"])
    return plan


@transaction.atomic
def request_trial(
    *, plan: Plan, by: User, wanted: assigning.Wanted | None = None, at: dt.datetime | None = None
) -> Job:
    """Have the workers try `plan`, or for `wanted` what a list would come to.

    Raises PermissionDenied, or ValidationError for a plan that cannot be used.
    """
    at = at or timezone.now()
    if wanted is None:
        check(by, TRY)
        check_fields(plan)
    else:
        assigning.check_assign(by, wanted, timezone.localdate(at))
    params = {"plan": as_json(plan), "wanted": wanted.to_json() if wanted else None}
    return jobs.request(JOB, f"{by.pk} {uuid.uuid4().hex}", by=by, params=params, at=at)


def trial(*, plan: Plan, occasion: Occasion, at: dt.datetime, say: Say = lambda done, words: None) -> Trial:
    """What `plan` would make of `occasion`; nothing is stored, and what it made of it already does not count."""
    if needs_centre(plan) and call_centre_unit(occasion.day) is None:
        raise JobRefused(_("The firm has no call centre: nobody is appointed to one."))
    made = list(Making.objects.filter(plan=plan.pk, key=occasion.key).values_list("pk", flat=True)) if plan.pk else []
    order = Order(plan, occasion, at, ignoring=made, trial=True)
    with transaction.atomic():
        counts = judge(order, say)
        found = Trial(
            kind=plan.kind,
            day=f"{occasion.day:%F}",
            occasion=occasion.key,
            counts=added_up(counts),
            branches=[(branch, dict(of_branch)) for branch, of_branch in sorted(counts.items())],
            days=_days(plan, occasion.day),
            lines=_lines(),
        )
        transaction.set_rollback(True)
    return found


def occasion_of(plan: Plan, at: dt.datetime) -> Occasion:
    """Today's occasion of a plan. Raises JobRefused where there is none to try it on."""
    day = timezone.localdate(at)
    trigger = SOURCES[plan.kind].trigger
    if trigger is Trigger.RUN:
        run = Run.objects.exclude(kind=RunKind.BACKFILL).order_by("-as_of", "-pk").first()
        if run is None:
            raise JobRefused(_("There has been no segmentation yet: nobody is in a group."))
        return occasions.of_run(run, day)
    if trigger is Trigger.REQUESTS:
        return Occasion("trial", day)
    if trigger is Trigger.DAY:
        return occasions.of_day(day, day - dt.timedelta(days=1))
    if trigger is Trigger.MONTH:
        return occasions.of_month(day)
    if plan.kind == ReasonKind.COMPLAINT_ANSWERED:
        raise JobRefused(_("Complaints are answered one by one; each makes its call. There is nothing to try."))
    raise JobRefused(_("These calls are made of a list: choose one, and you see what it comes to."))


def run_trial(params: Mapping[str, Any], *, by: User, at: dt.datetime, say: Say) -> Trial:
    """What a job was asked to try."""
    plan = from_json(params["plan"])
    if params["wanted"] is None:
        return trial(plan=plan, occasion=occasion_of(plan, at), at=at, say=say)
    wanted = assigning.Wanted.from_json(params["wanted"])
    with transaction.atomic():
        freeze(assigning.clients_on(wanted, timezone.localdate(at)), by)
        return trial(plan=plan, occasion=assigning.occasion_of(wanted, "trial", at), at=at, say=say)


def trial_of(job: Job) -> Trial | None:
    """What a finished trial found; None for a job that has not finished, or is no trial."""
    if job.kind != JOB or job.state != JobState.DONE:
        return None
    return Trial.from_json(job.result["trial"])


def result_of(found: Trial) -> dict[str, Any]:
    return {"trial": asdict(found)}


def _days(plan: Plan, day: dt.date) -> list[tuple[str, str, int]]:
    """On which day how many could be dialled first, by fate."""
    calendar, found = rules().calendar, Counter[tuple[str, str]]()
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"cap": plan.cap or 1})
        for fate, quiet_until, ahead, number in cursor.fetchall():
            first = timezone.localdate(quiet_until) if fate == "deferred" else day
            first = calendar.add_working_days(day, ahead) if ahead else first
            found[(f"{first:%F}", fate)] += number
    return [(first, fate, number) for (first, fate), number in sorted(found.items())]


def _lines() -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"most": SHOWN_OF_EACH})
        return [
            Line(client, json.loads(facts), due.isoformat(), fate) for client, facts, due, fate in cursor.fetchall()
        ]
