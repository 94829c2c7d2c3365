"""Reads of corrections, for other rooms' pages."""

from __future__ import annotations

from dataclasses import dataclass

from clients.corrections import values
from clients.corrections.models import Correction


@dataclass(frozen=True)
class Waiting:
    """An open correction as it stands beside its field: masked, or "(empty)" where the field is to be cleared."""

    pk: int
    shown: str


def open_corrections(client_id: int) -> dict[str, Waiting]:
    """The open corrections of a client by field: one query. The client comes from the reader's scope."""
    found = Correction.objects.open().filter(client_id=client_id)
    return {one.field: Waiting(one.pk, values.in_words(one.field, one.new_masked)) for one in found}
