from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from clients.contacts.choices import FollowUpState
from crm.access.scope import scope_filter, scope_of

if TYPE_CHECKING:
    from clients.contacts.models import FollowUp, ServiceRecord
    from crm.organisation.models import User


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def visible_to(self, user: User) -> Self:
        """Contacts with the clients in this person's scope, and those that he had himself. Contacts with callers whom
        nobody knew belong to no branch: whoever sees everything sees them, and who had them."""
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        if scope.is_empty:
            return self.none()
        return self.filter(scope_filter(user, branch="client__branch_id", manager="client__manager_id") | Q(staff=user))

    def between(self, begins: dt.datetime, ends: dt.datetime) -> Self:
        """Those from the instant `begins` on, before `ends`."""
        return self.filter(occurred_at__gte=begins, occurred_at__lt=ends)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> Self:
        """What was promised to the clients in this person's scope, by whomever."""
        return self.filter(scope_filter(user, branch="client__branch_id", manager="client__manager_id"))

    def concerning(self, user: User) -> Self:
        """What this person sees, and what he has to keep himself: a client who moved on is still owed it."""
        in_scope = scope_filter(user, branch="client__branch_id", manager="client__manager_id")
        return self.filter(in_scope | Q(owner=user) if in_scope else Q())

    def open(self) -> Self:
        return self.filter(state=FollowUpState.OPEN)

    def due_by(self, instant: dt.datetime) -> Self:
        return self.open().filter(due_at__lte=instant)
