from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from crm.drafts.models import Draft
    from crm.organisation.models import User

KEPT_FOR = dt.timedelta(days=7)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> Self:
        """One's own, whatever one's role is. Whether its object is still in scope, its kind knows (`registry`)."""
        return self.filter(user=user)

    def over(self, at: dt.datetime) -> Self:
        """Those whose time is over at the instant `at`."""
        return self.filter(kept_at__lt=at - KEPT_FOR)
