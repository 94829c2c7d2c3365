"""Owners of promises are reminded twice: on the day one is due, and once it is overdue.

`reminded_at` says which of the two was told: the second follows when it lies before the promised time. A hand-over
empties it, and the new owner is reminded from the beginning.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.contacts.models import FollowUp
from crm.audit.services import acting
from crm.messaging.services import tell
from crm.organisation.models import StandIn, User
from crm.web.figures import exact_time

AT_ONCE = 500


@transaction.atomic
def remind(*, at: dt.datetime | None = None) -> int:
    """Tell owners, and who stands in for them, what is due on the day of `at` and what is overdue. Returns how many."""
    at = at or timezone.now()
    local = timezone.localtime(at)
    midnight = (local + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    untold = Q(reminded_at__isnull=True) | Q(due_at__lte=at, reminded_at__lt=F("due_at"))
    waiting = FollowUp.objects.open().filter(untold, due_at__lt=midnight).select_related("client", "owner")
    due = list(waiting.order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    deputies = _deputies({one.owner_id for one in due}, local.date())
    for one in due:
        _tell(one, [one.owner, *deputies[one.owner_id]], at)
    with acting(by=None):
        FollowUp.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=at)
    return len(due)


def _tell(one: FollowUp, users: list[User], at: dt.datetime) -> None:
    is_over = one.due_at <= at
    words = (
        _("Overdue since %(due)s, promised to client %(number)s: %(what)s")
        if is_over
        else _("Due today, %(due)s, promised to client %(number)s: %(what)s")
    )
    values = {"due": exact_time(one.due_at), "number": one.client.client_no, "what": one.what}
    key = f"promise-{'overdue' if is_over else 'due'}:{one.pk}:{one.due_at.timestamp():.0f}"
    tell(users=users, key=key, text=words % values, url=reverse("clients:promises"), loud=is_over, at=at)


def _deputies(owners: set[int], day: dt.date) -> defaultdict[int, list[User]]:
    found: defaultdict[int, list[User]] = defaultdict(list)
    for stand_in in StandIn.objects.on(day).filter(absent__in=owners).select_related("deputy"):
        found[stand_in.absent_id].append(stand_in.deputy)
    return found
