from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.access.scope import scope_filter

if TYPE_CHECKING:
    from clients.segmentation.models import SegmentChange, Standing, TrialResult
    from crm.organisation.models import User

BRANCH, MANAGER = "client__standing__branch_id", "client__standing__manager_id"


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: User) -> Self:
        """Standings of the clients in this person's scope today: the same rule as for clients."""
        return self.filter(scope_filter(user, branch="branch_id", manager="manager_id"))


class SegmentChangeQuerySet(models.QuerySet["SegmentChange"]):
    def visible_to(self, user: User) -> Self:
        """History of the clients in this person's scope today, whatever branch they were in then."""
        return self.filter(scope_filter(user, branch=BRANCH, manager=MANAGER))

    def ranked(self) -> Self:
        """The most urgent movement first: alert, outflow, trading, inflow; the larger first."""
        return self.order_by("-movement_urgency", "-movement_size", "-pk")


class TrialResultQuerySet(models.QuerySet["TrialResult"]):
    def visible_to(self, user: User) -> Self:
        """What a trial found of the clients in this person's scope today."""
        return self.filter(scope_filter(user, branch=BRANCH, manager=MANAGER))
