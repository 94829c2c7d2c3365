"""Whose clients a person may see: own ⊂ branch ⊂ region ⊂ all (`people.md`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from crm.access.roles import ROLES, Reach
from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, StandIn, Unit

if TYPE_CHECKING:
    from crm.organisation.models import User


@dataclass(frozen=True)
class Scope:
    """What a person's appointments of a day add up to. Nothing set = no clients at all."""

    everything: bool = False
    branch_ids: frozenset[int] = field(default_factory=frozenset)
    manager_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.branch_ids or self.manager_ids)


def appointments_of(user: User, day: dt.date) -> list[Appointment]:
    """The appointments this person acts under on `day`: his own, and those of colleagues he stands in for."""
    absent = list(StandIn.objects.on(day).filter(deputy=user).values_list("absent_id", flat=True))
    held = Appointment.objects.held_on(day).filter(user_id__in=[user.pk, *absent])
    return list(held.select_related("unit").order_by("id"))


def scope_of(user: User, day: dt.date | None = None) -> Scope:
    """The scope of `user` on `day` (today in Asia/Shanghai by default), kept on the user for the request."""
    day = day or timezone.localdate()
    kept: dict[dt.date, Scope] = user.__dict__.setdefault("_scopes", {})
    if day not in kept:
        kept[day] = _add_up(appointments_of(user, day))
    return kept[day]


def _add_up(appointments: list[Appointment]) -> Scope:
    branches: set[int] = set()
    managers: set[int] = set()
    for appointment in appointments:
        reach = ROLES[appointment.role].reach if appointment.role in ROLES else Reach.NONE
        if reach is Reach.ALL:
            return Scope(everything=True)
        if reach is Reach.OWN:
            managers.add(appointment.user_id)
        elif reach in (Reach.BRANCH, Reach.REGION):
            branches |= _branches_of(appointment.unit)
    return Scope(branch_ids=frozenset(branches), manager_ids=frozenset(managers))


def _branches_of(unit: Unit) -> set[int]:
    if unit.kind == UnitKind.REGION:
        return set(Unit.objects.branches().filter(parent=unit).values_list("id", flat=True))
    return {unit.pk} if unit.kind == UnitKind.BRANCH else set()


def scope_filter(user: User, *, branch: str, manager: str) -> Q:
    """The condition that keeps a query inside `user`'s scope; `branch` and `manager` name its columns."""
    scope = scope_of(user)
    if scope.everything:
        return Q()
    if scope.is_empty:
        return Q(pk__in=[])
    condition = Q()
    if scope.branch_ids:
        condition |= Q(**{f"{branch}__in": sorted(scope.branch_ids)})
    if scope.manager_ids:
        condition |= Q(**{f"{manager}__in": sorted(scope.manager_ids)})
    return condition
