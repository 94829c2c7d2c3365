from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from crm.access.models import ApiToken
    from crm.organisation.models import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        """The tokens that act for this person; with `crm.manage_tokens` everybody's."""
        return self if user.has_perm("crm.manage_tokens") else self.filter(user=user)

    def valid_on(self, day: dt.date) -> Self:
        """Neither withdrawn nor past their last day."""
        return self.filter(withdrawn_at__isnull=True, ends_on__gte=day)
