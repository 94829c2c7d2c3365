from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.access.scope import scope_of

if TYPE_CHECKING:
    from clients.care.models import Handover
    from crm.organisation.models import User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> Self:
        """Hand-overs that moved a client of this person's branches, and those he asked for himself."""
        scope = scope_of(user)
        if scope.everything:
            return self
        moved = apps.get_model("clients", "ManagerAssignment").objects.filter(
            handover=OuterRef("pk"), client__branch_id__in=sorted(scope.branch_ids)
        )
        return self.filter(Q(by=user) | Exists(moved))
