"""Whether a waiting call may be dialled at an instant, and when next. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from crm.worktime.arithmetic import Calendar, Hours, closing, in_window, next_opening


class Place(NamedTuple):
    """Where a waiting call stands, named as the columns of a call. `not_before` says when it opens, if not now."""

    ready: bool
    not_before: dt.datetime | None
    own_hours: bool
    closes_at: dt.datetime | None

    def fields(self) -> dict[str, Any]:
        return self._asdict()


def place(calendar: Calendar, own: Hours | None, *, not_before: dt.datetime | None, at: dt.datetime) -> Place:
    """Where a call stands at `at` that must not be dialled before `not_before`, to somebody with `own` hours.

    Without own hours the usual window binds, which is looked at when somebody asks for the next call: the pool need
    not be emptied and filled at noon.
    """
    begins = max(at, not_before) if not_before else at
    if own is None:
        return Place(begins <= at, begins if begins > at else None, False, None)
    if begins <= at and in_window(calendar, at, own):
        return Place(True, None, True, closing(calendar, at, own))
    return Place(False, next_opening(calendar, begins, own), True, None)
