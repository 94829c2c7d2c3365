from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.exports.choices import ExportState

if TYPE_CHECKING:
    from crm.exports.models import Export
    from crm.organisation.models import User


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own exports; everybody's for who releases them or reads the log."""
        wide = user.has_perm("crm.view_read_log") or user.has_perm("crm.release_exports")
        return self if wide else self.filter(by=user)

    def to_release(self, user: User) -> Self:
        """What waits for a decision of this person: never his own."""
        return self.filter(state=ExportState.WAITING).exclude(by=user)
