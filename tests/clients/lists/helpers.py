"""Doing something to many clients in tests."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from clients.desk.choosing import chosen_clients
from clients.lists.bulk import Wanted, request_action
from clients.lists.models import BulkAction, ClientTag, Tag
from crm.organisation.models import User


def do(by: User, wanted: Wanted, query: str = "", picked: tuple[int, ...] = (), **more: Any) -> BulkAction:
    """What the page does: count, ask, act."""
    clients = chosen_clients(by, query, picked, timezone.localdate())
    values: dict[str, Any] = {"expected": clients.count(), "key": str(uuid.uuid4())}
    return request_action(wanted=wanted, clients=clients, query=query, picked=picked, by=by, **(values | more))


def tagged(tag: Tag) -> list[str]:
    """The numbers of the clients with the tag."""
    rows = ClientTag.objects.filter(tag=tag).order_by("client__client_no")
    return list(rows.values_list("client__client_no", flat=True))
