"""What plans do by themselves: after runs and files, every morning, at the beginning of a month. All of it once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import structlog
from django.db.models import Max
from django.utils import timezone

from callbacks.calls.choices import ReasonKind
from callbacks.plans import filters, occasions
from callbacks.plans.coverage import freeze_base
from callbacks.plans.lapsing import lapse
from callbacks.plans.making import NoCallCentre, make, take_up
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Occasion
from callbacks.plans.sources import Trigger, kinds_of
from clients.segmentation.models import Run

log = structlog.get_logger(__name__)

LONGEST_GAP = dt.timedelta(days=31)  # so far back changes are looked for after a standstill


def after_run(*, run: Run, at: dt.datetime | None = None) -> list[Making]:
    """End what the run has made untrue; then every plan makes its calls, the most urgent first."""
    at = at or timezone.now()
    lapse(at=at)
    occasion = occasions.of_run(run, timezone.localdate(at))
    return _make_all(plans_of(Trigger.RUN), occasion, at)


def after_requests(*, batch: int, at: dt.datetime | None = None) -> list[Making]:
    """A file of permission requests was loaded."""
    at = at or timezone.now()
    return _make_all(plans_of(Trigger.REQUESTS), occasions.of_batch(batch, timezone.localdate(at)), at)


def every_day(*, at: dt.datetime | None = None) -> list[Making]:
    """What a day brings: lapses, turns that have come, changes of managers, assessments, samples of the month.

    Called again on the same day it finds everything done, but for what has become untrue meanwhile.
    """
    at = at or timezone.now()
    day = timezone.localdate(at)
    freeze_base(year=day.year)
    lapse(at=at)
    made = [making for plan in Plan.objects.order_by("rank", "code") if (making := take_up(plan=plan, day=day, at=at))]
    for plan in plans_of(Trigger.DAY):
        resumed_on = _resumed_on(plan)
        made += _make_all([plan], occasions.of_day(day, _looked_until(plan, day, resumed_on), resumed_on), at)
    month = occasions.of_month(day)
    return made + _make_all([plan for plan in plans_of(Trigger.MONTH) if _begins(plan, day)], month, at)


def plans_of(trigger: Trigger) -> list[Plan]:
    """The plans that make calls, the most urgent first."""
    return list(Plan.objects.filter(kind__in=kinds_of(trigger), paused_at=None).order_by("rank", "code"))


def _make_all(plans: Iterable[Plan], occasion: Occasion, at: dt.datetime) -> list[Making]:
    made = []
    for plan in plans:
        try:
            making = make(plan=plan, occasion=occasion, at=at)
        except NoCallCentre:
            log.warning("plan_without_call_centre", plan=plan.code, occasion=occasion.key)
        else:
            made += [making] if making else []
    return made


def _looked_until(plan: Plan, day: dt.date, resumed_on: dt.date | None) -> dt.date:
    """The day up to which changes were looked at before `day`. What a pause missed is not made up for."""
    last = Making.objects.filter(plan=plan, key__startswith="day:", day__lt=day).aggregate(day=Max("day"))["day"]
    since = max(last or day - dt.timedelta(days=1), day - LONGEST_GAP)
    return max(since, min(resumed_on, day)) if resumed_on else since


def _resumed_on(plan: Plan) -> dt.date | None:
    """The day on which the plan last ended a pause, from its history; None where it never paused."""
    versions: Any = plan
    paused = versions.events.filter(paused_at__isnull=False).order_by("-pgh_id").first()
    resumed = versions.events.filter(pgh_id__gt=paused.pgh_id).order_by("pgh_id").first() if paused else None
    return timezone.localdate(resumed.changed_at) if resumed else None


def _begins(plan: Plan, day: dt.date) -> bool:
    """Whether the plan makes calls in this month; the coverage is topped up late in the year."""
    if plan.kind != ReasonKind.COVERAGE:
        return True
    return day.month >= filters.parse(plan.filters, kind=plan.kind).from_month
