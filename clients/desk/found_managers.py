"""Managers as the search of the product finds them: a name or staff number leads to that person's clients."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from clients.desk.listing import MANAGING
from clients.profile.search import LONGEST, SHORTEST, tidy
from crm.access.scope import scope_of
from crm.organisation.models import Appointment, User
from crm.web.search import Found, Hit


def find_managers(user: User, words: str, limit: int) -> Found:
    """Who manages clients in the branches that `user` sees, by name or staff number. One query.

    Nothing for somebody who sees his own clients alone: the list of clients has no managers for him either.
    """
    scope, wanted = scope_of(user), tidy(words)
    if not SHORTEST <= len(wanted) <= LONGEST or not (scope.everything or scope.branch_ids):
        return Found()
    held = Appointment.objects.held_on(timezone.localdate()).filter(role__in=MANAGING)
    if not scope.everything:
        held = held.filter(unit_id__in=sorted(scope.branch_ids))
    called = Q(user__name__icontains=wanted) | Q(user__staff_no__istartswith=wanted)
    rows = held.filter(called).order_by("user__staff_no").values_list("user__staff_no", "user__name", "unit__name")
    names: dict[str, tuple[str, list[str]]] = {}
    for staff_no, name, unit in rows[: 4 * limit]:  # somebody may hold several appointments
        names.setdefault(staff_no, (name, []))[1].append(unit)
    hits = [
        Hit(name, f"{reverse('clients:list')}?{urlencode({'manager': staff_no})}", line=" · ".join([staff_no, *units]))
        for staff_no, (name, units) in names.items()
    ]
    return Found(hits[:limit], more=len(hits) > limit)
