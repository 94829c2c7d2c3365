"""Whom to tell: members of staff who may do something, of the whole firm or of one branch."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from crm.access.roles import ROLES, Reach
from crm.organisation.models import Appointment, User


def holders_of(permission: str, *, day: dt.date, branch: int | None = None) -> QuerySet[User]:
    """Who holds `permission` on `day` and is in service: with `branch` those of that branch alone."""
    reaches = [Reach.BRANCH, Reach.OWN] if branch else list(Reach)
    roles = [code for code, role in ROLES.items() if permission in role.permissions and role.reach in reaches]
    held = Appointment.objects.held_on(day).filter(role__in=roles)
    if branch:
        held = held.filter(unit=branch)
    found: QuerySet[User] = User.objects.in_service(day).filter(pk__in=held.values("user_id")).order_by("staff_no")
    return found
