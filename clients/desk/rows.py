"""The lines of the client list, made ready in Python: a page has fifty, and templates are slow with small pieces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.contacts.models import ServiceRecord
from clients.desk.cells import CELLS
from clients.lists.selectors import tags_on
from clients.profile.choices import ClientStatus
from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.segmentation.choices import Style
from clients.suitability.choices import level_short
from crm.web.lists import Column
from crm.web.lists.cells import drawer
from crm.web.templatetags.ui import amount_short, badge, grouped, when

BRANCH_SUFFIX = "营业部"  # what every branch is called; under the heading "branch" it only takes room


class Row(NamedTuple):
    """One line, ready to be written."""

    pk: int
    url: str
    number: str
    name: str
    is_own: bool  # shown in clear
    status: str  # a badge, for those that are not active
    tier: str
    style: str
    group: str
    assets: str
    risk: str
    expired: bool
    branch: str
    manager: str
    opened: str
    contact: str
    # As they are read: few readers choose these columns.
    since: dt.date | None
    valid: dt.date | None
    kind: str
    tags: Sequence[str] = ()  # read where they are shown
    cells: SafeString = SafeString("")  # those of the columns that are shown, in their order


class Found(NamedTuple):
    """What is read of a client, in the order of `READ`."""

    pk: int
    client_no: str
    name: str
    kind: str
    status: str
    opened_on: dt.date
    manager_id: int | None
    manager: str | None
    branch: str
    tier: str
    style: str
    group: str
    assets: Decimal
    risk: str
    risk_until: dt.date | None
    since: dt.date | None
    last_contact: dt.datetime | None


READ = (
    "pk", "client_no", "name", "kind", "status", "opened_on", "manager_id", "manager__name", "branch__name",
    "standing__tier", "standing__style", "standing__group", "standing__average_assets", "standing__risk_level",
    "standing__risk_until", "standing__group_since", "last_contact",
)  # fmt: skip
# The same, read from the client's standing, which is what lists filter and sort.
READ_FROM_STANDING = tuple(
    name.removeprefix("standing__") if name.startswith("standing__") or name in ("pk", "last_contact")
    else f"client__{name}"
    for name in READ
)  # fmt: skip


def last_contact() -> Subquery:
    """When a client was last spoken with; for queries whose primary key is the client's."""
    contacts = ServiceRecord.objects.filter(client_id=OuterRef("pk"))
    return Subquery(contacts.order_by("-occurred_at").values("occurred_at")[:1])


def rows_of(client_ids: Sequence[int], own_ids: frozenset[int], today: dt.date, columns: Sequence[Column]) -> list[Row]:
    """The lines of these clients, in this order, with `columns`: one query, and one for tags where they are shown.
    Clients of the managers in `own_ids` are in clear."""
    found = Client.objects.filter(pk__in=client_ids).annotate(last_contact=last_contact()).values_list(*READ)
    by_id = {values[0]: Found(*values) for values in found}
    address = client_url("NUMBER").split("NUMBER")
    styles = {str(code): str(word) for code, word in Style.choices}
    draw = drawer(columns, CELLS)
    tags = tags_on(client_ids) if any(column.name == "tags" for column in columns) else {}
    lines = [_row(by_id[pk], address, styles, own_ids, today) for pk in client_ids if pk in by_id]
    lines = [line._replace(tags=tags.get(line.pk, ())) for line in lines] if tags else lines
    return [line._replace(cells=draw(line)) for line in lines]


def lines_of(rows: Sequence[Row]) -> SafeString:
    """The lines of the table, each with a box to tick it."""
    tick = conditional_escape(_("Tick"))
    return SafeString("".join(_line(row, tick) for row in rows))


def _line(row: Row, tick: str) -> str:
    number = conditional_escape(row.number)
    box = f'<input type="checkbox" name="picked" value="{row.pk}" data-pick aria-label="{tick} {number}">'
    return f'<tr data-row><td class="cell-check">{box}</td>{row.cells}</tr>'


def _row(one: Found, address: list[str], styles: dict[str, str], own_ids: frozenset[int], today: dt.date) -> Row:
    is_own = one.manager_id in own_ids
    return Row(
        pk=one.pk,
        url=quote(one.client_no, safe="").join(address),
        number=grouped(one.client_no),
        name=shown_name(one.name, one.kind, clear=is_own),
        is_own=is_own,
        status=badge("client", one.status) if one.status != ClientStatus.ACTIVE else "",
        tier=badge("tier", one.tier),
        style=styles.get(one.style, one.style),
        group=badge("group", one.group),
        assets=amount_short(one.assets),
        risk=level_short(one.risk),
        expired=one.risk_until is not None and one.risk_until < today,
        branch=branch_short(one.branch),
        manager=one.manager or "",
        opened=one.opened_on.isoformat(),
        contact=when(one.last_contact) if one.last_contact else "",
        since=one.since,
        valid=one.risk_until,
        kind=one.kind,
    )


def branch_short(name: str) -> str:
    """A branch's name as narrow columns show it."""
    return name.removesuffix(BRANCH_SUFFIX)


def client_url(client_no: str) -> str:
    """The address of a client's page."""
    return reverse("clients:detail", args=[client_no])
