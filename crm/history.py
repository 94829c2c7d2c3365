"""History of every change to a model, written by statement triggers into an append-only table beside it.

Lowest of the kernel: models of every room use it. Who changed it and why stands in the row's `pgh_context`
(JSON; a separate context table could be updated later, a column of an append-only table can not).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db import models

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
