from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clients.feeds.choices import BatchState
from crm.access.scope import scope_of
from crm.organisation.models import Appointment

if TYPE_CHECKING:
    import datetime as dt

    from clients.feeds.models import FeedBatch
    from crm.organisation.models import User


class FeedBatchQuerySet(models.QuerySet["FeedBatch"]):
    def visible_to(self, user: User) -> Self:
        """Everything for those who see all clients; else one's own files and those of the people in one's branches.

        What the core system sent is about all branches: its errors name clients that a branch does not see.
        """
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        colleagues = Appointment.objects.held_on(timezone.localdate()).filter(unit_id__in=scope.branch_ids)
        return self.filter(Q(by=user) | Q(by_id__in=colleagues.values("user_id")))

    def taken(self) -> Self:
        """Files of which every row was taken, so that their control total agreed as well."""
        return self.filter(state=BatchState.DONE)

    def of_day(self, day: dt.date) -> Self:
        return self.filter(business_date=day)
