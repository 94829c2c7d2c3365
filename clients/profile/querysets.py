from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.access.scope import scope_filter

if TYPE_CHECKING:
    from clients.profile.models import Client
    from crm.organisation.models import User


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> Self:
        """The clients in this person's scope today: own, branch, region or all (`people.md`)."""
        return self.filter(scope_filter(user, branch="branch_id", manager="manager_id"))
