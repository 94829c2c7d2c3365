"""The list of corrections as a file: what the page shows, values masked as there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.corrections.filters import NAME, correction_list
from clients.corrections.models import Correction
from clients.corrections.pages import RELATED, Row, rows_of
from crm.exports.registry import Kind
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists.exporting import CHUNK, Cell, ListSource, export_list

# The list writes name and number of a client into one cell; the file has a column for each.
CELLS: Mapping[str, Sequence[Cell]] = {
    "client": [
        Cell(lambda row: row.correction.client.client_no, width=18, heading=gettext_lazy("Client number")),
        Cell(lambda row: row.client, width=20, heading=pgettext_lazy("person", "Name")),
    ],
    "field": [Cell(lambda row: row.correction.get_field_display())],
    "before": [Cell(lambda row: row.before, width=24)],
    "after": [Cell(lambda row: row.after, width=24)],
    "state": [Cell(lambda row: str(badge_of("correction", row.correction.state).label), width=24)],
    "proposed": [Cell(lambda row: row.correction.proposed_at, Kind.TIME, 17)],
    "by": [Cell(lambda row: row.correction.proposed_by.name)],
    "decided": [Cell(lambda row: row.correction.decided_by.name if row.correction.decided_by else "")],
    "decided_at": [Cell(lambda row: row.correction.decided_at, Kind.TIME, 17)],
    "reason": [Cell(lambda row: row.correction.reason, width=40)],
    "branch": [Cell(lambda row: row.correction.client.branch.name, width=24)],
}


def _read(rows: QuerySet[Correction], user: User, at: dt.datetime) -> Iterator[Row]:
    return rows_of(rows.select_related(*RELATED).iterator(chunk_size=CHUNK), user)


export_list(
    ListSource(
        name=NAME,
        title=gettext_lazy("Corrections"),
        permission="clients.view_client",
        subject="correction",
        spec_for=lambda user, params, at: correction_list(user),
        rows_in_scope=lambda user: Correction.objects.visible_to(user),
        read=_read,
        cells=CELLS,
    )
)
