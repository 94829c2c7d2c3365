from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from crm.organisation.choices import UnitKind

if TYPE_CHECKING:
    from crm.organisation.models import Appointment, StandIn, Unit, User


class UnitQuerySet(models.QuerySet["Unit"]):
    def branches(self) -> Self:
        return self.filter(kind=UnitKind.BRANCH)


class UserQuerySet(models.QuerySet["User"]):
    def in_service(self, day: dt.date) -> Self:
        """Who may work on `day`: active and not yet gone. A leaver loses everything on the day he leaves."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day), is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        found: User = self.get(staff_no=username)
        return found


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def held_on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def during(self, first: dt.date, last: dt.date | None) -> Self:
        """Held on at least one day from `first` to `last`, both included (None: without end)."""
        begun = Q() if last is None else Q(starts_on__lte=last)
        return self.filter(begun, Q(ends_on__isnull=True) | Q(ends_on__gte=first))


class StandInQuerySet(models.QuerySet["StandIn"]):
    def on(self, day: dt.date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)
