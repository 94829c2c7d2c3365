"""Corrections, promises and standings, as the tests of corrections and hand-overs need them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from clients.care.choices import HandoverReason, HandoverRule
from clients.care.models import Handover
from clients.care.services import assign_managers
from clients.contacts.models import FollowUp
from clients.corrections.choices import CorrectedField
from clients.corrections.models import Correction
from clients.corrections.services import decide_correction, propose_correction
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.organisation.models import User
from tests.factories.people import person


def worth(one: Client, assets: int, tier: str = "silver") -> Client:
    """Give a client average assets (CNY) and a tier, as segmentation would have."""
    Standing.objects.filter(client=one).update(average_assets=Decimal(assets), tier=tier)
    return one


def promise(client: Client, owner: User, what: str = "回电话", **fields: Any) -> FollowUp:
    """Something `owner` promised to a client, open and due tomorrow."""
    now = timezone.now()
    values: dict[str, Any] = {"due_at": now + dt.timedelta(days=1), "created_at": now, "created_by": owner}
    return FollowUp.objects.create(client=client, owner=owner, what=what, **(values | fields))


def correction(client: Client, by: User, value: str = "13900001111", field: str = "phone") -> Correction:
    """A correction that waits for a second person."""
    return propose_correction(client=client, field=CorrectedField(field), value=value, reason="客户出示证件", by=by)


def handed_over(client: Client, by: User) -> Handover:
    """A hand-over of this client to another manager of his branch, done today."""
    return assign_managers(
        clients=Client.objects.filter(pk=client.pk),
        successors=[person("customer_manager", client.branch)],
        rule=HandoverRule.BY_LOAD,
        reason=HandoverReason.LOAD,
        by=by,
        key=str(uuid.uuid4()),
    ).handover


def approved(client: Client, by: User, second: User, value: str = "13900001111", field: str = "phone") -> Correction:
    """A correction that waits to be sent."""
    return decide_correction(correction=correction(client, by, value, field), approve=True, by=second)
