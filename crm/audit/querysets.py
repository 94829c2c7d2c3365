from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from crm.audit.models import ReadLog
    from crm.organisation.models import User


class ReadLogQuerySet(models.QuerySet["ReadLog"]):
    def visible_to(self, user: User) -> Self:
        """One's own reads; with `crm.view_read_log` everybody's."""
        return self if user.has_perm("crm.view_read_log") else self.filter(by=user)
