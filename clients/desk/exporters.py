"""The client list as a file: what the page shows, with exact amounts and whole days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clients.desk.listing import NAME, client_list, understood
from clients.desk.rows import READ_FROM_STANDING, Found, branch_short, last_contact
from clients.lists.models import ClientTag
from clients.profile.choices import ClientKind
from clients.profile.policies import own_manager_ids, shown_name
from clients.segmentation.models import Standing
from clients.suitability.choices import level_short
from crm.exports.registry import Kind
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists.exporting import CHUNK, Cell, ListSource, export_list


class Taken(NamedTuple):
    """A client as read, and how he is shown to whom the file is for."""

    one: Found
    is_own: bool
    today: dt.date
    tags: Sequence[str] | None


def _risk(taken: Taken) -> str:
    level, until = level_short(taken.one.risk), taken.one.risk_until
    return f"{level} {_('expired')}" if until is not None and until < taken.today else level


def _name(taken: Taken) -> str:
    return shown_name(taken.one.name, taken.one.kind, clear=taken.is_own)


def _word(kind: str, code: str) -> str:
    return _translated(kind, code, get_language()) if code else ""


@lru_cache(maxsize=1024)
def _translated(kind: str, code: str, language: str | None) -> str:
    """The same few words stand in a hundred thousand rows; the language is part of the key because the word is."""
    return str(badge_of(kind, code).label)


# The list marks who is suspended or closed beside the name; the file says it in a column of its own.
CELLS: Mapping[str, Sequence[Cell]] = {
    "number": [Cell(lambda taken: taken.one.client_no, width=18)],
    "name": [
        Cell(_name, width=20),
        Cell(lambda taken: _word("client", taken.one.status), width=10, heading=gettext_lazy("Status")),
    ],
    "tier": [Cell(lambda taken: _word("tier", taken.one.tier))],
    "style": [Cell(lambda taken: _word("style", taken.one.style))],
    "group": [Cell(lambda taken: _word("group", taken.one.group), width=16)],
    "assets": [Cell(lambda taken: taken.one.assets, Kind.MONEY, 18)],
    "risk": [Cell(_risk)],
    "branch": [Cell(lambda taken: branch_short(taken.one.branch), width=24)],
    "manager": [Cell(lambda taken: taken.one.manager, width=16)],
    "opened": [Cell(lambda taken: taken.one.opened_on, Kind.DAY, 12)],
    "contact": [Cell(lambda taken: taken.one.last_contact, Kind.TIME, 17)],
    "since": [Cell(lambda taken: taken.one.since, Kind.DAY, 12)],
    "valid": [Cell(lambda taken: taken.one.risk_until, Kind.DAY, 12)],
    "kind": [Cell(lambda taken: str(ClientKind(taken.one.kind).label), width=12)],
    "tags": [Cell(lambda taken: " ".join(taken.tags or ()), width=24)],
}


def _read(rows: QuerySet[Standing], user: User, today: dt.date) -> Iterator[Taken]:
    """The clients behind the standings, in their order, through a cursor on the server."""
    own = own_manager_ids(user)
    tags = ClientTag.objects.filter(client_id=OuterRef("pk")).order_by("tag__name").values("tag__name")
    found = rows.annotate(last_contact=last_contact(), tags=ArraySubquery(tags))
    for *values, put_on in found.values_list(*READ_FROM_STANDING, "tags").iterator(chunk_size=CHUNK):
        one = Found(*values)
        yield Taken(one, one.manager_id in own, today, put_on)


def _masked(words: str) -> str:
    """Words looked for, as the log keeps them."""
    search = understood(words)
    return search.masked if search else words


export_list(
    ListSource(
        name=NAME,
        title=gettext_lazy("Clients"),
        permission="clients.view_client",
        subject="client",
        spec_for=client_list,
        rows_in_scope=lambda user: Standing.objects.visible_to(user),
        read=_read,
        cells=CELLS,
        masked=_masked,
    )
)
