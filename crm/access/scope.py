"""Whose clients a person may see: own ⊂ branch ⊂ region ⊂ all (`people.md`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from crm.access.roles import ROLES, Reach
from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, StandIn, Unit, User


@dataclass(frozen=True)
class Scope:
    """What a person's appointments of a day add up to. Nothing set = no clients at all."""

    everything: bool = False
    branch_ids: frozenset[int] = field(default_factory=frozenset)
    manager_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.branch_ids or self.manager_ids)

    def covers(self, other: Scope) -> bool:
        """Whether all that `other` sees is seen here too, by the appointments alone: own clients cover a colleague's
        own clients only where the manager is the same."""
        if self.everything or other.everything:
            return self.everything
        return other.branch_ids <= self.branch_ids and other.manager_ids <= self.manager_ids


def appointments_of(user: User, day: dt.date | None = None) -> list[Appointment]:
    """The appointments this person acts under on `day` (today in Shanghai by default), with unit and holder.

    His own, and those of colleagues he stands in for; a leaver loses everything on the day, whatever the dates say.
    One query, kept on the user for the request.
    """
    day = day or timezone.localdate()
    kept: dict[dt.date, list[Appointment]] = kept_on(user, "_appointments")
    if day not in kept:
        serving = User.objects.in_service(day).values("id")
        absent = StandIn.objects.on(day).filter(deputy=user).values("absent_id")
        held = Appointment.objects.held_on(day).filter(Q(user=user) | Q(user__in=absent), user__in=serving)
        kept[day] = list(held.select_related("unit", "user").order_by("id"))
    return kept[day]


def kept_on(user: User, name: str) -> dict[dt.date, Any]:
    """What is kept on `user` by day under `name`; through `setattr`, which reaches behind a request's lazy user."""
    kept: dict[dt.date, Any] | None = getattr(user, name, None)
    if kept is None:
        kept = {}
        setattr(user, name, kept)
    return kept


def forget_kept(user: User) -> None:
    """Drop what this module and the permissions keep on `user`, after his appointments changed."""
    for name in ("_appointments", "_scopes", "_permissions_by_day"):
        setattr(user, name, {})


def absent_colleagues(user: User, day: dt.date | None = None) -> list[User]:
    """For whom this person acts on `day`, by staff number."""
    absent = {held.user_id: held.user for held in appointments_of(user, day) if held.user_id != user.pk}
    return sorted(absent.values(), key=lambda colleague: colleague.staff_no)


def scope_of(user: User, day: dt.date | None = None) -> Scope:
    """The scope of `user` on `day` (today in Asia/Shanghai by default), kept on the user for the request."""
    day = day or timezone.localdate()
    kept: dict[dt.date, Scope] = kept_on(user, "_scopes")
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
