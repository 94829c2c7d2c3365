"""Plans are made, changed and paused here; every version stays in the history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.plans.checking import check_fields
from callbacks.plans.models import Plan
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User

MANAGE, TRY, SEE = "callbacks.manage_plans", "callbacks.try_plans", "callbacks.view_plan"
CHANGED = "plan.changed"
CODE = re.compile(r"[a-z][a-z0-9_-]{1,49}")
RESERVED = ("new", "listed", "trials", "assign", "makings")  # words of addresses
FIELDS = (
    "name", "filters", "share", "seed", "side", "script", "rank", "due_count", "due_unit", "warn_days", "cap",
    "overflow", "quiet_days", "cooldown_days", "lapses", "why",
)  # fmt: skip
LONGEST_REASON = 200


class ChangedMeanwhile(Exception):
    """Somebody else changed the plan since it was opened; `stored` is what holds now."""

    def __init__(self, stored: Plan) -> None:
        super().__init__(f"plan {stored.code} is at version {stored.version}")
        self.stored = stored


@transaction.atomic
def make_plan(*, code: str, kind: str, given: Mapping[str, Any], by: User, at: dt.datetime | None = None) -> Plan:
    """A new plan that makes calls from now on. `given`: every one of `FIELDS`.

    Raises PermissionDenied, or ValidationError by field for what does not fit together.
    """
    check(by, MANAGE)
    if not CODE.fullmatch(code) or code in RESERVED:
        raise ValidationError(
            {"code": _("A code is made of small letters, digits, “_” and “-”, and begins with a letter.")}
        )
    if Plan.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is a plan “%(code)s” already.") % {"code": code}})
    at = at or timezone.now()
    plan = Plan(code=code, kind=kind, changed_by=by, changed_at=at, **{name: given[name] for name in FIELDS})
    return _kept(plan, by, at)


@transaction.atomic
def change_plan(*, plan: Plan, given: Mapping[str, Any], version: int, by: User, at: dt.datetime | None = None) -> Plan:
    """Keep `given` (every one of `FIELDS`) as the plan's next version. `version` is that of what was opened.

    What changes nothing makes no version. Raises as `make_plan`, and ChangedMeanwhile where another version holds.
    """
    check(by, MANAGE)
    locked = _locked(plan)
    if all(getattr(locked, name) == given[name] for name in FIELDS):
        return locked
    if locked.version != version:
        raise ChangedMeanwhile(locked)
    for name in FIELDS:
        setattr(locked, name, given[name])
    return _next(locked, by, at or timezone.now())


@transaction.atomic
def pause_plan(*, plan: Plan, reason: str, by: User, at: dt.datetime | None = None) -> Plan:
    """Until it is resumed the plan makes no calls; those made stay. Raises ValidationError without a reason."""
    check(by, MANAGE)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    locked, at = _locked(plan), at or timezone.now()
    if locked.paused_at is not None:
        return locked
    locked.paused_at, locked.paused_by, locked.pause_reason = at, by, reason.strip()[:LONGEST_REASON]
    return _next(locked, by, at)


@transaction.atomic
def resume_plan(*, plan: Plan, by: User, at: dt.datetime | None = None) -> Plan:
    """The plan makes calls again. What came while it paused is not made up for."""
    check(by, MANAGE)
    locked = _locked(plan)
    if locked.paused_at is None:
        return locked
    locked.paused_at, locked.paused_by, locked.pause_reason = None, None, ""
    return _next(locked, by, at or timezone.now())


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_related("script").select_for_update(of=("self",)).get(pk=plan.pk)


def _next(plan: Plan, by: User, at: dt.datetime) -> Plan:
    plan.version += 1
    plan.changed_by, plan.changed_at = by, at
    return _kept(plan, by, at)


def _kept(plan: Plan, by: User, at: dt.datetime) -> Plan:
    check_fields(plan)
    with acting(by=by):
        plan.save()
    publish(CHANGED, {"plan": plan.code, "version": plan.version}, at=at)
    return plan
