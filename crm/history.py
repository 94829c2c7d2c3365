"""History of every change to a model, written by statement triggers into an append-only table beside it.

Lowest of the kernel: models of every room use it. Who changed it and why stands in the row's `pgh_context`
(JSON; a separate context table could be updated later, a column of an append-only table can not).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
from django.db import connection, models
from pghistory import runtime

M = TypeVar("M", bound=type[models.Model])


def keep_history(*, exclude: Sequence[str] = ()) -> Callable[[M], M]:
    """Class decorator: every insert, update and delete leaves a row in `<Model>Event`.

    `exclude` names columns that are derived or secret. Statement level: bulk writes keep two thirds of their speed.
    """
    track: Callable[[M], M] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        context_field=pghistory.ContextJSONField(),
        exclude=list(exclude),
        level=pghistory.Statement,
    )
    return track


@contextmanager
def put_down(**words: Any) -> Iterator[None]:
    """Every change inside carries `words` (JSON): who, why, on which page. See `crm.audit.services.acting`.

    Inside a request, or inside another block, the words are added for its length and then taken back.
    """
    outer = getattr(runtime._tracker, "value", None)
    before = dict(outer.metadata) if outer else None
    with pghistory.context(**words) as context:
        try:
            yield
        finally:
            if before is not None:
                context.metadata.clear()
                context.metadata.update(before)
    if outer is None and connection.in_atomic_block:
        carry_context()  # what follows in the same transaction is not ours any more


def carry_context() -> None:
    """Hand the running words to the transaction, for COPY and whatever else does not go through `cursor.execute`.

    The words travel as settings of the transaction, set in front of every statement that may write, so
    `INSERT … SELECT` and other set-based SQL carries them; COPY is not seen by that mechanism: call this in the same
    transaction before `copy_expert`. Outside any block the settings are cleared, so that nothing is put down to
    somebody else.
    """
    context = getattr(runtime._tracker, "value", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(context.id), json.dumps(context.metadata, default=str)] if context else ["", ""],
        )
