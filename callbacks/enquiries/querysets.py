from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from callbacks.calls.units import acts_as
from crm.access.scope import scope_of

if TYPE_CHECKING:
    from callbacks.enquiries.models import Enquiry
    from crm.organisation.models import User


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def visible_to(self, user: User) -> Self:
        """Whose clients one sees, one's own branch's unknown callers, and what one (or whom one stands
        in for) owns, or is offered."""
        scope = scope_of(user)
        if scope.everything:
            return self
        if scope.is_empty:
            return self.none()
        offered = Q(hand_overs__to_user=user, hand_overs__state="asked")
        mine = (
            Q(owner__in=acts_as(user))
            | Q(taken_by=user)
            | Q(pk__in=self.model._base_manager.filter(offered).values("pk"))
        )
        return self.filter(
            mine | Q(branch__in=sorted(scope.branch_ids)) | Q(client__manager__in=sorted(scope.manager_ids))
        )
