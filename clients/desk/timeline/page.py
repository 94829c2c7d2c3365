"""The timeline card of a client's page: chips, lines, and the way to what is older."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from clients.desk.rows import client_url
from clients.desk.timeline.kinds import KINDS, Kind, kind_of
from clients.desk.timeline.reading import read_page, read_place, write_place
from clients.desk.timeline.sentences import Line, lines_of
from clients.profile.models import Client
from clients.segmentation.models import Standing
from clients.segmentation.rules import Movement

KIND, BEFORE = "kind", "before"


@dataclass(frozen=True)
class Timeline:
    """What the card shows. `older_url` is empty at the end; `is_older`: the page does not begin with the newest."""

    lines: list[Line]
    chips: list[dict[str, Any]]
    older_url: str
    newest_url: str
    is_older: bool
    kind: Kind
    large: Decimal
    contacts_url: str
    flows_url: str


def timeline_of(client: Client, params: Mapping[str, str], *, large: Decimal) -> Timeline:
    """A page of the timeline as the address asks for it. What the address has wrong is left out. Two queries."""
    kind, address = kind_of(params.get(KIND, "")), client_url(client.client_no)
    context = f"timeline:{client.pk}:{kind.code}"
    after = read_place(params.get(BEFORE, ""), context)
    found = read_page(client.pk, kind.source_codes, large=large, after=after)
    older = _url(address, kind, write_place(found.next, context)) if found.next else ""
    return Timeline(
        lines=lines_of(found.entries),
        chips=[{"label": one.label, "url": _url(address, one), "active": one is kind} for one in KINDS],
        older_url=older,
        newest_url=_url(address, kind),
        is_older=after is not None,
        kind=kind,
        large=large,
        contacts_url=reverse("clients:contacts", args=[client.client_no]),
        flows_url=reverse("clients:flows", args=[client.client_no]),
    )


def large_flow(standing: Standing, movement: Movement) -> Decimal:
    """From which amount a cash flow of this client is large: what the policy would call a movement."""
    return min(movement.flow, max(movement.share_floor, movement.share * standing.average_assets))


def _url(address: str, kind: Kind, before: str = "") -> str:
    params = {name: value for name, value in ((KIND, kind.code), (BEFORE, before)) if value}
    return f"{address}?{urlencode(params)}" if params else address
