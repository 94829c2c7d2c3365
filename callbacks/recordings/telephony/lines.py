"""What the events of one telephone call add up to, whatever the order in which they came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from callbacks.recordings.choices import EventKind


class Told(Protocol):
    """What is needed of an event."""

    @property
    def event_id(self) -> str: ...

    @property
    def sequence(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def occurred_at(self) -> dt.datetime: ...


@dataclass(frozen=True)
class Line:
    """A telephone call so far. Instants are those that the telephone system named; `hold_seconds` counts what has
    been resumed or has ended with the call."""

    started_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    hold_seconds: int = 0


OVER = (EventKind.RESUMED, EventKind.ENDED)


def line_of(events: Iterable[Told]) -> Line:
    """Add up the events of one call in the order of their sequence."""
    in_order = sorted(events, key=lambda event: (event.sequence, event.occurred_at, event.event_id))
    held_at: dt.datetime | None = None
    hold = dt.timedelta()
    for event in in_order:
        if event.kind == EventKind.HELD:
            held_at = held_at or event.occurred_at
        elif event.kind in OVER and held_at is not None:
            hold += max(event.occurred_at - held_at, dt.timedelta())
            held_at = None
    return Line(
        started_at=_first(in_order, EventKind.STARTED),
        answered_at=_first(in_order, EventKind.ANSWERED),
        ended_at=_first(in_order, EventKind.ENDED),
        hold_seconds=int(hold.total_seconds()),
    )


def _first(events: Iterable[Told], kind: EventKind) -> dt.datetime | None:
    return next((event.occurred_at for event in events if event.kind == kind), None)
