"""Handing clients over in tests."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from clients.care.choices import HandoverReason, HandoverRule
from clients.care.services import Assigned, assign_managers
from clients.profile.models import Client
from crm.organisation.models import User


def hand_over(from_manager: User, *successors: User, by: User, **more: Any) -> Assigned:
    """Everything of one manager, as the job does it."""
    values: dict[str, Any] = {
        "clients": Client.objects.filter(manager=from_manager),
        "successors": successors,
        "rule": HandoverRule.IN_TURN,
        "reason": HandoverReason.LEFT,
        "by": by,
        "key": str(uuid.uuid4()),
        "from_manager": from_manager,
    }
    return assign_managers(**(values | more))


def assign(clients: QuerySet[Client], *successors: User, by: User) -> Assigned:
    """Chosen clients, as the bulk action does it."""
    return assign_managers(
        clients=clients,
        successors=successors,
        rule=HandoverRule.BY_LOAD,
        reason=HandoverReason.LOAD,
        by=by,
        key=str(uuid.uuid4()),
    )


def managers() -> dict[str, str | None]:
    """The staff number of every client's manager, by client number."""
    return dict(Client.objects.order_by("client_no").values_list("client_no", "manager__staff_no"))
