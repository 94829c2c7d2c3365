from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.access.scope import scope_filter

if TYPE_CHECKING:
    from clients.segmentation.models import Standing
    from crm.organisation.models import User


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: User) -> Self:
        """Standings of the clients in this person's scope today: the same rule as for clients."""
        return self.filter(scope_filter(user, branch="branch_id", manager="manager_id"))
