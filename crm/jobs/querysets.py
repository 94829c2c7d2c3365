from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from crm.jobs.models import Job
    from crm.organisation.models import User


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> Self:
        """One's own jobs; with `crm.view_jobs` everybody's and the system's."""
        return self if user.has_perm("crm.view_jobs") else self.filter(requested_by=user)

    def waiting(self) -> Self:
        return self.filter(state="queued")

    def running(self) -> Self:
        return self.filter(state="running")
