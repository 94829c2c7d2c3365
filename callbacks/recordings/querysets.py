from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from callbacks.calls.models import Call

if TYPE_CHECKING:
    from callbacks.recordings.models import Recording, Take
    from crm.organisation.models import User

MATCH = "callbacks.assign_calls"


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, user: User) -> Self:
        """Whose call or enquiry one sees; one's own; what belongs to nothing yet, for whoever may say what it is."""
        related: Any = self.model._meta.get_field("enquiry").related_model
        seen = Q(call__in=Call.objects.visible_to(user)) | Q(enquiry__in=related.objects.visible_to(user)) | Q(by=user)
        if user.has_perm(MATCH):
            seen |= Q(call__isnull=True, enquiry__isnull=True)
        return self.filter(seen)

    def unmatched(self) -> Self:
        """What is known to belong to neither call nor enquiry, the newest first."""
        return self.filter(call__isnull=True, enquiry__isnull=True).order_by("-at", "-id")


class TakeQuerySet(models.QuerySet["Take"]):
    def visible_to(self, user: User) -> Self:
        """One's own: nobody sends pieces of another's recording."""
        return self.filter(by=user)

    def open(self) -> Self:
        return self.filter(closed_at=None)
