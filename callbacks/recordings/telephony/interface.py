"""What the product wants of a telephone system, whichever it is.

An adapter acts on the *line* of a try: `dial` begins the try and gives it its line, the others are about that line.
What happens on it comes back as events (`events.py`), its recording by `fetching.py`; both work the same for every
adapter, and an adapter that hears nothing by itself enters what the person at the telephone says.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from callbacks.calls.models import Attempt, Call
from crm.organisation.models import User


class Telephony(Protocol):
    """One telephone system. Each verb is done by `by`, at the instant `at` (now by default), in one transaction."""

    name: str
    dials: bool  # whether it dials by itself; else the page says which number to dial

    def dial(
        self, *, call: Call, by: User, phone: str, out_of_hours: str = "", at: dt.datetime | None = None
    ) -> Attempt:
        """Begin a try at the number that `phone` names and dial it. Raises as `begin_attempt` does."""

    def answer(self, *, ref: str, by: User, at: dt.datetime | None = None) -> None:
        """Put the caller who waits as `ref` through to this person."""

    def connected(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        """The party has answered, says the person; a system that knows by itself is not asked."""

    def end(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        """Hang up."""

    def hold(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        """Let the party wait."""

    def resume(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        """Speak with the party again."""

    def transfer(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        """Warm transfer: speak with `to` first, then put the party through and leave."""

    def conference(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        """Bring `to` (an adviser, say) in; all three are on the line, and it is recorded."""
