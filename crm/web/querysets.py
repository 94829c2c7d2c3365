from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from crm.access.scope import appointments_of

if TYPE_CHECKING:
    from crm.organisation.models import User
    from crm.web.models import SavedView


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own views, and those shared with a unit in which one holds a role today."""
        units = [held.unit_id for held in appointments_of(user)]
        return self.filter(Q(owner=user) | Q(unit_id__in=units))
