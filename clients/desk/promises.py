"""Promises as lists and pages write them: whose, by when, to which client as this person may see him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape as safe
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.contacts.models import FollowUp
from clients.contacts.policies import keepers
from clients.desk.rows import branch_short, client_url
from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web.lists import Column
from crm.web.lists.cells import Cell, drawer
from crm.web.templatetags.ui import grouped, icon, when

RELATED = ("client", "client__branch", "owner", "created_by")  # what the lines of a list read


class Line(NamedTuple):
    """One promise, ready to be written. `client_url` is empty for a client whom this person does not see."""

    promise: FollowUp
    url: str
    is_over: bool
    name: str
    is_own: bool
    client_url: str
    cells: SafeString = SafeString("")  # those of the columns that are shown, in their order


def lines_of(promises: Iterable[FollowUp], user: User, now: dt.datetime) -> list[Line]:
    """The lines of promises that come with their clients; no query."""
    return list(each_line(promises, user, now))


def each_line(promises: Iterable[FollowUp], user: User, now: dt.datetime) -> Iterator[Line]:
    """As `lines_of`, one by one."""
    own, scope = own_manager_ids(user), scope_of(user)
    for one in promises:
        client = one.client
        is_own = client.manager_id in own
        seen = scope.everything or client.branch_id in scope.branch_ids or client.manager_id in scope.manager_ids
        yield Line(
            promise=one,
            url=reverse("clients:promise", args=[one.pk]),
            is_over=one.due_at <= now and one.ended_at is None,
            name=shown_name(client.name, client.kind, clear=is_own),
            is_own=is_own,
            client_url=client_url(client.client_no) if seen else "",
        )


def drawn(promises: Iterable[FollowUp], user: User, now: dt.datetime, columns: Sequence[Column]) -> list[Line]:
    """The lines of a page, with the cells of `columns`; promises come with `RELATED`."""
    draw = drawer(columns, CELLS)
    return [line._replace(cells=draw(line)) for line in each_line(promises, user, now)]


def _due(line: Line) -> str:
    if not line.is_over:
        return when(line.promise.due_at)
    overdue = f'{icon("clock")} <span class="sr-only">{_("Overdue")}</span>'
    return f'<span class="loud">{overdue}{when(line.promise.due_at)}</span>'


def _client(line: Line) -> str:
    name = f'<a href="{safe(line.client_url)}">{safe(line.name)}</a>' if line.client_url else safe(line.name)
    return f'<p>{name} <span class="soft num">{safe(grouped(line.promise.client.client_no))}</span></p>'


def _promised_by(line: Line) -> str:
    return f'{safe(line.promise.created_by.name)} <span class="soft">{when(line.promise.created_at)}</span>'


CELLS: dict[str, Cell[Line]] = {
    "what": Cell(
        lambda line: f'<a href="{safe(line.url)}" data-row-link>{safe(line.promise.what)}</a>',
        "cell-lead wrap",
        labelled=False,
    ),
    "due": Cell(_due, "tight", labelled=False),
    "client": Cell(_client),
    "owner": Cell(lambda line: safe(line.promise.owner.name)),
    "by": Cell(_promised_by),
    "branch": Cell(lambda line: safe(branch_short(line.promise.client.branch.name)), labelled=False),
}


def others_who_may(promise: FollowUp, by: User) -> Any:
    """To whom `by` may hand a promise: who may keep it, but who does already."""
    client: Client = promise.client
    return keepers(client, by, timezone.localdate()).exclude(pk=promise.owner_id)
