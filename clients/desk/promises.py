"""Promises as lists and pages write them: whose, by when, to which client as this person may see him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from clients.contacts.models import FollowUp
from clients.contacts.policies import keepers
from clients.desk.rows import client_url
from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from crm.access.scope import scope_of
from crm.organisation.models import User


class Line(NamedTuple):
    """One promise, ready to be written. `client_url` is empty for a client whom this person does not see."""

    promise: FollowUp
    url: str
    is_over: bool
    name: str
    is_own: bool
    client_url: str


def lines_of(promises: Iterable[FollowUp], user: User, now: dt.datetime) -> list[Line]:
    """The lines of promises that come with their clients; no query."""
    own, scope = own_manager_ids(user), scope_of(user)
    lines = []
    for one in promises:
        client = one.client
        is_own = client.manager_id in own
        seen = scope.everything or client.branch_id in scope.branch_ids or client.manager_id in scope.manager_ids
        lines.append(
            Line(
                promise=one,
                url=reverse("clients:promise", args=[one.pk]),
                is_over=one.due_at <= now and one.ended_at is None,
                name=shown_name(client.name, client.kind, clear=is_own),
                is_own=is_own,
                client_url=client_url(client.client_no) if seen else "",
            )
        )
    return lines


def others_who_may(promise: FollowUp, by: User) -> Any:
    """To whom `by` may hand a promise: who may keep it, but who does already."""
    client: Client = promise.client
    return keepers(client, by, timezone.localdate()).exclude(pk=promise.owner_id)
