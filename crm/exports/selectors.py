"""Exports as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.guards import refusal
from crm.access.roles import ROLES, Reach
from crm.access.scope import scope_of
from crm.exports.choices import ExportState
from crm.exports.models import Export
from crm.exports.policies import ASK, RELEASE, may_decide, may_withdraw, why_not_decide, why_not_take
from crm.exports.registry import find
from crm.exports.services import is_there
from crm.jobs.models import JobState
from crm.jobs.selectors import Shown as ShownJob
from crm.jobs.selectors import shown as shown_job
from crm.organisation.models import Appointment, StandIn, User

NEWEST = 100
WITHDRAWN = "withdrawn"  # refused by nobody: whoever asked took it back


@dataclass(frozen=True)
class ShownExport:
    """One export for one reader: `state` is a code of the badges "export"; the rest is what he may do with it."""

    export: Export
    title: str
    state: str
    may_take: bool
    may_decide: bool
    may_withdraw: bool
    why_not: str
    job: ShownJob | None


def exports_of(user: User) -> list[ShownExport]:
    """His own, the newest first."""
    return _shown(Export.objects.filter(by=user), user)


def exports_to_release(user: User) -> list[ShownExport]:
    """What waits for this person's decision, the oldest first."""
    if not user.has_perm(RELEASE):
        return []
    waiting = Export.objects.visible_to(user).to_release(user).order_by("asked_at", "pk")
    return [one for one in _listed(waiting, user) if one.may_decide]


def exports_of_others(user: User, *, but: Sequence[ShownExport] = ()) -> list[ShownExport]:
    """Those of others that this person may look at, the newest first, `but` those that stand above already."""
    known = [one.export.pk for one in but]
    return _shown(Export.objects.visible_to(user).exclude(by=user).exclude(pk__in=known), user)


def deciders_of(export: Export, *, day: dt.date) -> list[User]:
    """Who may release this export on `day`, deputies included, by staff number."""
    scope = scope_of(export.by, day)
    roles = [code for code, role in ROLES.items() if RELEASE in role.permissions]
    wide = [code for code in roles if ROLES[code].reach is Reach.ALL]
    near = Q() if scope.everything else Q(role__in=wide) | Q(unit_id__in=scope.branch_ids)
    holders = Appointment.objects.held_on(day).filter(near, role__in=roles).values("user_id")
    deputies = StandIn.objects.on(day).filter(absent__in=holders).values("deputy_id")
    people = User.objects.in_service(day).filter(Q(pk__in=holders) | Q(pk__in=deputies)).exclude(pk=export.by_id)
    return [one for one in people.order_by("staff_no") if not why_not_decide(one, export)]


def shown(export: Export, user: User, *, at: dt.datetime) -> ShownExport:
    """One export for `user` at the instant `at`."""
    there = is_there(export, timezone.localdate(at))
    state = _state(export, there=there)
    why_not = why_not_take(user, export) if there else ""
    if export.state == ExportState.WAITING:
        why_not = _waits(export, user)
    return ShownExport(
        export=export,
        title=title_of(export),
        state=state,
        may_take=there and not why_not,
        may_decide=may_decide(user, export),
        may_withdraw=may_withdraw(user, export) and state != ExportState.FAILED,
        why_not=why_not,
        job=shown_job(export.job, user, at=at) if export.job and state in _WITH_JOB else None,
    )


def title_of(export: Export) -> str:
    """What the list is called, in the language of the page."""
    exporter = find(export.list_name)
    return str(exporter.title) if exporter else export.title


_WITH_JOB = (ExportState.MAKING, ExportState.FAILED)


def _state(export: Export, *, there: bool) -> str:
    """The state as it is now: what no sweep has seen yet is told too."""
    if export.state == ExportState.REFUSED and export.decided_by_id is None:
        return WITHDRAWN
    if export.state == ExportState.READY and not there:
        return ExportState.EXPIRED
    if export.state == ExportState.MAKING and export.job and export.job.state in (JobState.FAILED, JobState.CANCELLED):
        return ExportState.FAILED
    return export.state


def _waits(export: Export, user: User) -> str:
    """For whom a waiting export waits, in words."""
    if export.by_id == user.pk:
        return _("Somebody who may release exports and sees all these clients decides. You will be told.")
    return why_not_decide(user, export)


def _shown(exports: QuerySet[Export], user: User) -> list[ShownExport]:
    return _listed(exports.order_by("-asked_at", "-pk")[:NEWEST], user)


def _listed(exports: QuerySet[Export], user: User) -> list[ShownExport]:
    """One instance for each person, who then keeps his scope: a query a person, not an export."""
    at, people, found = timezone.now(), {user.pk: user}, []
    for export in exports.select_related("by", "decided_by", "job"):
        export.by = people.setdefault(export.by_id, export.by)
        found.append(shown(export, user, at=at))
    return found


def why_nothing(user: User) -> str:
    """Why there is no page of exports for this person; empty when there is."""
    needed = (ASK, RELEASE, "crm.view_read_log")
    return "" if any(user.has_perm(one) for one in needed) else refusal(ASK)
