from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from clients.corrections.choices import OPEN, CorrectionState
from crm.access.scope import scope_filter

if TYPE_CHECKING:
    from clients.corrections.models import Correction
    from crm.organisation.models import User


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> Self:
        """Proposals about the clients in this person's scope."""
        return self.filter(scope_filter(user, branch="client__branch_id", manager="client__manager_id"))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def to_decide(self, user: User) -> Self:
        """What this person may decide: in scope, proposed by somebody else."""
        return self.visible_to(user).filter(state=CorrectionState.PROPOSED).exclude(proposed_by=user)
