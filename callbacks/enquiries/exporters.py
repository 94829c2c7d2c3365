"""The list of enquiries as a file: what the page shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from callbacks.enquiries.listing import NAME, RELATED, enquiry_list
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import SEE
from callbacks.enquiries.rows import Line, each_line
from clients.desk.listing import understood
from crm.exports.registry import Kind
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists.exporting import CHUNK, Cell, ListSource, export_list

# The list writes name and number of a client into one cell; the file has a column for each.
CELLS: Mapping[str, Sequence[Cell]] = {
    "number": [
        Cell(lambda line: line.enquiry.enquiry_no, width=18),
        Cell(lambda line: "VIP" if line.enquiry.vip else "", width=6, heading="VIP"),
    ],
    "caller": [
        Cell(lambda line: line.name, width=20),
        Cell(
            lambda line: line.enquiry.client.client_no if line.enquiry.client else "",
            width=18,
            heading=gettext_lazy("Client number"),
        ),
        Cell(lambda line: line.enquiry.phone_masked, width=16, heading=gettext_lazy("Caller's phone")),
    ],
    "kind": [Cell(lambda line: str(line.enquiry.get_kind_display()))],
    "topic": [Cell(lambda line: line.enquiry.topic, width=24)],
    "state": [Cell(lambda line: str(badge_of("enquiry", line.enquiry.state).label))],
    "owner": [Cell(lambda line: line.enquiry.owner.name if line.enquiry.owner else "", width=16)],
    "arrived": [Cell(lambda line: line.enquiry.arrived_at, Kind.TIME, 17)],
    "due": [
        Cell(lambda line: line.enquiry.due_at, Kind.TIME, 17),
        Cell(lambda line: _("Overdue") if line.is_over else "", heading=pgettext_lazy("promise", "Due")),
    ],
    "branch": [Cell(lambda line: line.enquiry.branch.name if line.enquiry.branch else "", width=24)],
    "question": [Cell(lambda line: line.enquiry.question, width=40)],
    "closed": [Cell(lambda line: line.enquiry.closed_at, Kind.TIME, 17)],
    "line": [Cell(lambda line: line.enquiry.line)],
}


def _read(rows: QuerySet[Enquiry], user: User, at: dt.datetime) -> Iterator[Line]:
    return each_line(rows.select_related(*RELATED).iterator(chunk_size=CHUNK), user, at)


def _masked(words: str) -> str:
    """Words looked for, as the log keeps them."""
    search = understood(words)
    return search.masked if search else words


export_list(
    ListSource(
        name=NAME,
        title=gettext_lazy("Enquiries"),
        permission=SEE,
        subject="enquiry",
        spec_for=lambda user, params, at: enquiry_list(user, at),
        rows_in_scope=lambda user: Enquiry.objects.visible_to(user),
        read=_read,
        cells=CELLS,
        masked=_masked,
    )
)
