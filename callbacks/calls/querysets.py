from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from callbacks.calls.choices import COURTESY_KINDS, OPEN, ConcernKind, HandOverState
from crm.access.scope import scope_of

if TYPE_CHECKING:
    from callbacks.calls.models import Call, CallReason, Concern, HandOver
    from crm.organisation.models import User


def in_scope(user: User, *, own: Q) -> Q:
    """The condition that keeps calls inside `user`'s scope: his branches', his own clients', and `own`."""
    scope = scope_of(user)
    if scope.everything:
        return Q()
    condition = own
    if scope.branch_ids:
        condition |= Q(branch__in=sorted(scope.branch_ids))
    if scope.manager_ids:
        # Of his own clients somebody sees what he may call them about; other calls may ask about himself.
        condition |= Q(client__manager__in=sorted(scope.manager_ids), kind__in=COURTESY_KINDS)
    return condition


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """Calls to clients in one's scope, and what one holds oneself. Nothing for whoever sees no client."""
        if scope_of(user).is_empty:
            return self.none()
        return self.filter(in_scope(user, own=Q(assignee=user) | Q(claimed_by=user)))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def held_by(self, user: User) -> Self:
        """What somebody works on, the newest first."""
        return self.filter(claimed_by=user).order_by("-claimed_at", "-id")


class ReasonQuerySet(models.QuerySet["CallReason"]):
    def visible_to(self, user: User) -> Self:
        if scope_of(user).is_empty:
            return self.none()
        return self.filter(in_scope(user, own=Q(pk__in=[])))


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, user: User) -> Self:
        """Critical answers for whoever may see them (compliance, auditor); movements for risk control too; what one
        wrote down oneself. A branch sees none of its own people's."""
        kinds = []
        if user.has_perm("callbacks.view_concerns"):
            kinds = list(ConcernKind.values)
        elif user.has_perm("callbacks.acknowledge_findings"):
            kinds = [ConcernKind.MOVEMENT]
        return self.filter(Q(kind__in=kinds) | Q(by=user))


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: User) -> Self:
        """What one offers or is offered."""
        return self.filter(Q(from_user=user) | Q(to_user=user))

    def standing(self) -> Self:
        """Offers that can be answered: of a call, while whoever offered it has had it without a break."""
        unbroken = Q(call__claimed_by=F("from_user"), asked_at__gte=F("call__claimed_at"))
        return self.filter(Q(call__isnull=True) | unbroken, state=HandOverState.ASKED)

    def waiting_for(self, user: User) -> Self:
        return self.standing().filter(to_user=user)
