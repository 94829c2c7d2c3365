from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.access.scope import Scope, scope_of
from crm.exports.choices import ExportState
from crm.organisation.models import Appointment

if TYPE_CHECKING:
    from crm.exports.models import Export
    from crm.organisation.models import User


def _asked_inside(scope: Scope) -> Q:
    """Asked for by people all of whose units of today lie in the branches of `scope`."""
    held = Appointment.objects.held_on(timezone.localdate())
    inside = Q(unit_id__in=scope.branch_ids)
    return Q(by__in=held.filter(inside).values("user")) & ~Q(by__in=held.exclude(inside).values("user"))


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own exports; everybody's for who reads the log; for who releases exports those of his own units."""
        releases, scope = user.has_perm("crm.release_exports"), scope_of(user)
        if user.has_perm("crm.view_read_log") or (releases and scope.everything):
            return self
        own = Q(by=user)
        return self.filter(own | _asked_inside(scope) if releases else own)

    def to_release(self, user: User) -> Self:
        """What waits for a decision and is not this person's own."""
        return self.filter(state=ExportState.WAITING).exclude(by=user)
