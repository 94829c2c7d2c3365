"""Approved corrections go back to the core system, in the columns of the clients feed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction

from clients.corrections import values
from clients.corrections.choices import CorrectedField, CorrectionState
from clients.corrections.models import Correction, CorrectionFile
from clients.corrections.outbox import keep_file
from clients.corrections.policies import SEND
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User

SENT = "corrections.sent"
STEM = "corrections"
Fields = tuple[str, ...]


@transaction.atomic
def send_corrections(*, by: User | None, at: dt.datetime) -> list[CorrectionFile]:
    """Write the approved corrections into files and mark them sent; no files where nothing is approved.

    A file for each set of fields: in the clients feed an empty cell clears a field, so a row must not have cells that
    were not corrected. Of two people who send at once the second finds nothing. `by` is None for the schedule. Raises
    PermissionDenied.
    """
    if by is not None:
        check(by, SEND)
    approved = Correction.objects.filter(state=CorrectionState.APPROVED).select_related("client")
    by_client: dict[str, dict[str, Correction]] = defaultdict(dict)
    for one in approved.select_for_update(of=("self",)).order_by("client__client_no"):
        by_client[one.client.client_no][one.field] = one
    by_fields: dict[Fields, dict[str, dict[str, Correction]]] = defaultdict(dict)
    for client_no, corrected in by_client.items():
        by_fields[tuple(field for field in CorrectedField.values if field in corrected)][client_no] = corrected
    return [_send(fields, clients, by=by, at=at) for fields, clients in sorted(by_fields.items())]


def _send(
    fields: Fields, clients: dict[str, dict[str, Correction]], *, by: User | None, at: dt.datetime
) -> CorrectionFile:
    rows = (
        [client_no, *(values.open_value(field, corrected[field].new_sealed) for field in fields)]
        for client_no, corrected in clients.items()
    )
    file = keep_file(stem=STEM, header=("client_no", *fields), rows=rows, by=by, at=at)
    sent = [one.pk for corrected in clients.values() for one in corrected.values()]
    with acting(by=by, file=file.pk):
        Correction.objects.filter(pk__in=sent).update(state=CorrectionState.SENT, file=file)
    publish(SENT, {"file": file.pk, "corrections": len(sent)}, at=at)
    return file
