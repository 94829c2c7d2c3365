"""Who may write down contacts and promises, and who may be asked to keep one."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from clients.contacts.models import FollowUp
from clients.profile.models import Client
from crm.access.roles import ROLES, Reach
from crm.organisation.models import Appointment, User

ENTER = "clients.enter_contact"
LOOK_UP = "clients.look_up_caller"
# Roles that see a whole branch and talk to its clients: whoever holds one there can keep a promise to any of them.
FOR_THE_BRANCH = sorted(
    code for code, role in ROLES.items() if role.reach is Reach.BRANCH and ENTER in role.permissions
)


def keepers(client: Client, by: User, day: dt.date) -> QuerySet[User]:
    """Who may keep a promise to `client`, in service on `day`: `by`, the client's manager, and who serves his branch.

    Whoever is asked must be able to see the client, or the promise is lost with him.
    """
    serving = Appointment.objects.held_on(day).filter(unit=client.branch_id, role__in=FOR_THE_BRANCH)
    able = Q(pk=by.pk) | Q(pk__in=serving.values("user_id"))
    if client.manager_id is not None:
        able |= Q(pk=client.manager_id)
    found: QuerySet[User] = User.objects.in_service(day).filter(able).order_by("staff_no")
    return found


def concerns(promise: FollowUp, user: User) -> bool:
    """Whether `user` may end a promise or hand it on: his own, or one to a client in his scope."""
    return user.has_perm(ENTER) and FollowUp.objects.concerning(user).filter(pk=promise.pk).exists()
