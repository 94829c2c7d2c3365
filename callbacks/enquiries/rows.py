"""Enquiries as lists and pages write them, the caller as this person may see him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import conditional_escape as safe
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from clients.desk.rows import branch_short
from clients.profile.policies import own_manager_ids, shown_name
from crm.organisation.models import User
from crm.web.lists import Column
from crm.web.lists.cells import Cell, drawer
from crm.web.templatetags.ui import badge, grouped, icon, when


class Line(NamedTuple):
    """One enquiry, ready to be written."""

    enquiry: Enquiry
    url: str
    name: str  # of the client as this person may see him, else what the caller said
    is_own: bool
    is_over: bool
    cells: SafeString = SafeString("")


def each_line(enquiries: Iterable[Enquiry], user: User, now: dt.datetime) -> Iterator[Line]:
    """The lines of enquiries that come with `RELATED`, one by one; no query but that for whom one stands in."""
    own = own_manager_ids(user)
    for one in enquiries:
        client = one.client
        is_own = client is not None and client.manager_id in own
        name = (
            shown_name(client.name, client.kind, clear=is_own)
            if client
            else shown_name(one.caller_name, "", clear=False)
        )
        yield Line(
            enquiry=one,
            url=reverse("callbacks:enquiry", args=[one.enquiry_no]),
            name=name,
            is_own=is_own,
            is_over=one.state == EnquiryState.TAKEN and one.due_at is not None and one.due_at <= now,
        )


def drawn(enquiries: Iterable[Enquiry], user: User, now: dt.datetime, columns: Sequence[Column]) -> list[Line]:
    """The lines of a page, with the cells of `columns`."""
    draw = drawer(columns, CELLS)
    return [line._replace(cells=draw(line)) for line in each_line(enquiries, user, now)]


def _number(line: Line) -> str:
    vip = f" {badge('vip', 'yes')}" if line.enquiry.vip else ""
    return f'<a href="{safe(line.url)}" data-row-link>{safe(line.enquiry.enquiry_no)}</a>{vip}'


def _caller(line: Line) -> str:
    one = line.enquiry
    number = grouped(one.client.client_no) if one.client else one.phone_masked
    return f'{safe(line.name or _("unknown"))} <span class="soft num">{safe(number)}</span>'


def _due(line: Line) -> str:
    if not line.is_over:
        return when(line.enquiry.due_at)
    overdue = f'{icon("clock")} <span class="sr-only">{_("Overdue")}</span>'
    return f'<span class="loud">{overdue}{when(line.enquiry.due_at)}</span>'


def _kind(line: Line) -> str:
    return safe(line.enquiry.get_kind_display() or "–")


CELLS: dict[str, Cell[Line]] = {
    "number": Cell(_number, "cell-lead nowrap", labelled=False),
    "caller": Cell(_caller),
    "kind": Cell(_kind, "nowrap", labelled=False),
    "topic": Cell(lambda line: safe(line.enquiry.topic or "–"), "wrap"),
    "state": Cell(lambda line: badge("enquiry", line.enquiry.state), "nowrap", labelled=False),
    "owner": Cell(lambda line: safe(line.enquiry.owner.name if line.enquiry.owner else "–"), "nowrap"),
    "arrived": Cell(lambda line: when(line.enquiry.arrived_at), "nowrap"),
    "due": Cell(_due, "nowrap"),
    "branch": Cell(lambda line: safe(branch_short(line.enquiry.branch.name) if line.enquiry.branch else "–")),
    "question": Cell(lambda line: safe(line.enquiry.question[:200] or "–"), "wrap cell-wide"),
    "closed": Cell(lambda line: when(line.enquiry.closed_at), "nowrap"),
    "line": Cell(lambda line: safe(line.enquiry.line or "–"), "nowrap"),
}
