from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from crm.access.scope import appointments_of

if TYPE_CHECKING:
    from clients.lists.models import BulkAction, ClientList
    from crm.organisation.models import User


class ClientListQuerySet(models.QuerySet["ClientList"]):
    def visible_to(self, user: User) -> Self:
        """One's own lists, and those shared with a unit in which one holds a role. Their clients: scope decides."""
        units = [held.unit_id for held in appointments_of(user)]
        return self.filter(Q(owner=user) | Q(unit_id__in=units))

    def in_use(self) -> Self:
        """Those that were not put away."""
        return self.filter(is_archived=False)


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, user: User) -> Self:
        """What somebody did to many clients is his own to look at."""
        return self.filter(by=user)
