"""The core system has taken a correction over: its feed brings the value that was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from django.db.models.expressions import RawSQL

from clients.corrections import values
from clients.corrections.choices import CorrectionState
from clients.corrections.models import Correction
from clients.corrections.services import TAKEN_OVER
from crm.events.services import publish

PORTION = 2_000


def take_over(*, changed: str, at: dt.datetime) -> int:
    """Close every open correction whose value the client's file now holds; returns how many.

    `changed` is SQL, made of names in code, that selects the ids of the clients just written. Runs in the caller's
    transaction. Digests need a key that the database does not have, so the few open ones among them are compared here;
    without an open one it costs one look into an index.
    """
    if not Correction.objects.open().exists():
        return 0
    among = Correction.objects.open().filter(client_id__in=RawSQL(changed, ()))  # noqa: S611 (made of names in code)
    found = (one.pk for one in among.select_related("client").iterator(PORTION) if _holds(one))
    taken = 0
    for portion in _portions(found):
        closed = Correction.objects.open().filter(pk__in=portion)
        taken += closed.update(state=CorrectionState.TAKEN_OVER, taken_over_at=at)
    if taken:
        publish(TAKEN_OVER, {"corrections": taken}, at=at)
    return taken


def _holds(correction: Correction) -> bool:
    wanted = None if correction.new_digest is None else bytes(correction.new_digest)
    return values.current_digest(correction.field, correction.client) == wanted


def _portions(numbers: Iterator[int]) -> Iterator[list[int]]:
    while portion := list(islice(numbers, PORTION)):
        yield portion
