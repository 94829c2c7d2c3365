"""Staff, their appointments, and who stands in for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from crm.access.roles import ROLES, Reach
from crm.organisation.models import Appointment, StandIn, Unit, User
from tests.factories.units import BranchFactory, DepartmentFactory, RegionFactory

PASSWORD = "correct-horse-9"
LONG_AGO = dt.date(1990, 1, 1)  # earlier than any day a test travels to


class UserFactory(DjangoModelFactory):  # type: ignore[misc]
    """A member of staff without any role, signing in with `PASSWORD`."""

    class Meta:
        model = User

    staff_no = factory.Sequence(lambda n: f"S{n:05d}")
    name = factory.Sequence(lambda n: f"员工{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class AppointmentFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(BranchFactory)
    role = "counter_clerk"
    starts_on = LONG_AGO


class StandInFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = StandIn

    absent = factory.SubFactory(UserFactory)
    deputy = factory.SubFactory(UserFactory)
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyFunction(timezone.localdate)


def person(role: str | None = None, unit: Unit | None = None, **fields: Any) -> User:
    """A member of staff holding `role` in `unit` (by default a new unit of the kind that fits the role).

    `fields` are those of the user. Without a role: somebody who may do nothing.
    """
    user: User = UserFactory(**fields)
    if role is not None:
        AppointmentFactory(user=user, unit=unit or _unit_for(role), role=role)
    return user


def _unit_for(role: str) -> Unit:
    reach = ROLES[role].reach
    fitting = {Reach.OWN: BranchFactory, Reach.BRANCH: BranchFactory, Reach.REGION: RegionFactory}
    unit: Unit = fitting.get(reach, DepartmentFactory)()
    return unit
