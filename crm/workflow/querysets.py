from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from crm.workflow.models import Transition


class TransitionQuerySet(models.QuerySet["Transition"]):
    def of(self, obj: models.Model, workflow: str) -> Self:
        """The steps of one object, oldest first. Who may see the object may see them."""
        return self.filter(workflow=workflow, object_id=obj.pk).order_by("id")
