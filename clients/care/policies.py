"""Who may hand clients over, to whom, and when it can be taken back. Refusals in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.care.models import Handover
from clients.profile.choices import ClientStatus
from crm.access.roles import ROLES, Reach
from crm.access.scope import scope_of
from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, User

HAND_OVER = "clients.hand_over_clients"
MANAGING = sorted(code for code, role in ROLES.items() if role.reach is Reach.OWN)
IN_CARE = ~Q(status=ClientStatus.CLOSED)  # a closed account stays with whoever had it last
BACK = "back-"  # begins the key of a hand-over that takes another one back


@dataclass(frozen=True)
class Post:
    """Somebody who may be given the clients of a branch."""

    user: User
    branch_id: int


def branch_condition(by: User, column: str = "branch_id") -> Q:
    """The clients that `by` may hand over: of his branches, or all. One's own clients alone do not count."""
    scope = scope_of(by)
    return Q() if scope.everything else Q(**{f"{column}__in": sorted(scope.branch_ids)})


def posts(
    day: dt.date, *, people: Collection[User] | None = None, branches: Collection[int] | None = None
) -> list[Post]:
    """Who may be given clients on `day`, and of which branch, by staff number: in service, not about to leave, holding
    a managing role there. One query; narrowed to some people or branches where given."""
    held = Appointment.objects.held_on(day).filter(
        role__in=MANAGING,
        unit__kind=UnitKind.BRANCH,
        user__in=User.objects.in_service(day).filter(left_on__isnull=True),
    )
    if people is not None:
        held = held.filter(user__in=people)
    if branches is not None:
        held = held.filter(unit__in=branches)
    found = {(one.user_id, one.unit_id): one.user for one in held.select_related("user").order_by("user__staff_no")}
    return [Post(user, branch_id) for (_pk, branch_id), user in found.items()]


def check_successors(successors: Sequence[User], from_manager: User | None, day: dt.date) -> list[Post]:
    """The posts of the successors, in their order. Raises ValidationError for nobody, and for who cannot be one."""
    if not successors:
        raise ValidationError({"to": _("Please choose who takes over.")})
    if from_manager is not None and from_manager.pk in {one.pk for one in successors}:
        raise ValidationError({"to": _("%(name)s hands over; somebody else takes over.") % {"name": from_manager.name}})
    found = posts(day, people=successors)
    holding = {post.user.pk for post in found}
    for one in successors:
        if one.pk not in holding:
            words = _("%(name)s cannot take clients over: not in service, about to leave, or without a managing role.")
            raise ValidationError({"to": words % {"name": one.name}})
    places = {one.pk: place for place, one in enumerate(successors)}
    return sorted(found, key=lambda post: (places[post.user.pk], post.branch_id))


def why_not_take_back(handover: Handover, *, at: dt.datetime) -> str:
    """Why a hand-over cannot be taken back at the instant `at`; empty when it can, on the day it was done."""
    if handover.done_at is None:
        return _("This hand-over is not done yet.")
    if handover.key.startswith(BACK):
        return _("This hand-over itself took another one back.")
    if timezone.localdate(handover.done_at) != timezone.localdate(at):
        return _("A hand-over can be taken back on the day it was done; after that, hand the clients over anew.")
    if Handover.objects.filter(key=f"{BACK}{handover.pk}").exists():
        return _("This hand-over was taken back already.")
    return ""
