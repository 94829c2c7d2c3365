"""The clients behind a cell of a migration, as a list; names are masked for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.segmentation.models import Standing
from crm.web.lists import Column, ListSpec, Sort
from crm.web.templatetags.ui import badge, grouped

LIST = ListSpec(
    name="migration",
    columns=(
        Column("number", gettext_lazy("Client number"), sort="number"),
        Column("name", pgettext_lazy("person", "Name")),
        Column("branch", gettext_lazy("Branch")),
        Column("now", pgettext_lazy("standing", "Today")),
        Column("assets", gettext_lazy("Average assets"), sort="assets", number=True),
    ),
    sorts=(
        Sort("assets", gettext_lazy("Average assets"), "asset_band", descending=True, tie=("average_assets", "pk")),
        Sort("number", gettext_lazy("Client number"), "client_no", tie=()),
    ),
)


class ClientRow(NamedTuple):
    """One client, ready to be written."""

    url: str
    number: str
    name: str
    branch: str
    now: list[SafeString]
    assets: object


def rows_of(found: Sequence[Standing]) -> list[ClientRow]:
    """The lines of a page: one query."""
    clients = Client.objects.select_related("branch").in_bulk([one.pk for one in found])
    return [_row(one, clients[one.pk]) for one in found]


def _row(one: Standing, client: Client) -> ClientRow:
    stands = one.group_since is not None
    groups = list(one.matches) or [one.group]
    now = [badge("tier", one.tier), badge("style", one.style), *(badge("group", code) for code in groups)]
    return ClientRow(
        url=reverse("clients:detail", args=[client.client_no]),
        number=grouped(client.client_no),
        name=shown_name(client.name, client.kind, clear=False),
        branch=client.branch.name,
        now=now if stands else [],
        assets=one.average_assets,
    )
