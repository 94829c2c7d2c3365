from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.access.scope import scope_of
from crm.exports.choices import ExportState
from crm.organisation.models import Appointment

if TYPE_CHECKING:
    from crm.exports.models import Export
    from crm.organisation.models import User


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own exports; everybody's for who reads the log; for who releases exports those of his own units."""
        if user.has_perm("crm.view_read_log"):
            return self
        return self.filter(Q(by=user) | self._released_by(user))

    def _released_by(self, user: User) -> Q:
        """Asked for by people all of whose units of today lie in the scope of `user`, if he releases exports."""
        scope = scope_of(user)
        if not user.has_perm("crm.release_exports") or scope.is_empty:
            return Q(pk__in=[])
        if scope.everything:
            return Q()
        held = Appointment.objects.held_on(timezone.localdate())
        inside, outside = Q(unit_id__in=scope.branch_ids), ~Q(unit_id__in=scope.branch_ids)
        return Q(by__in=held.filter(inside).values("user")) & ~Q(by__in=held.filter(outside).values("user"))

    def to_release(self, user: User) -> Self:
        """What waits for a decision and is not this person's own."""
        return self.filter(state=ExportState.WAITING).exclude(by=user)
