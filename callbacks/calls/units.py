"""Who calls: the units that have a pool of calls."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.utils import timezone

from crm.access.roles import ROLES, Reach
from crm.access.scope import appointments_of
from crm.organisation.models import Appointment, Unit, User

WORK = "callbacks.work_calls"
# Roles that call for the whole firm, and those that call for a branch.
CENTRAL = sorted(code for code, role in ROLES.items() if role.reach is Reach.ALL and WORK in role.permissions)
LOCAL = sorted(code for code, role in ROLES.items() if role.reach is Reach.BRANCH and WORK in role.permissions)


def call_centre_unit(day: dt.date | None = None) -> Unit | None:
    """The unit that is the call centre on `day` (today by default): where most of its agents are appointed.

    None in a firm without one: then nothing can be given to it.
    """
    held = Appointment.objects.held_on(day or timezone.localdate()).filter(role__in=CENTRAL)
    most = held.values("unit").annotate(people=Count("user", distinct=True)).order_by("-people", "unit").first()
    return Unit.objects.get(pk=most["unit"]) if most else None


def pools_of(user: User, day: dt.date | None = None) -> list[int]:
    """The units whose calls this person works on today, by his appointments and those of whom he stands in for.

    No query once the appointments are known.
    """
    held = appointments_of(user, day)
    return sorted({one.unit_id for one in held if one.role in CENTRAL or one.role in LOCAL})


def acts_as(user: User, day: dt.date | None = None) -> list[int]:
    """The person himself and whom he stands in for: what is assigned to them is his to do."""
    return sorted({user.pk, *(held.user_id for held in appointments_of(user, day))})
