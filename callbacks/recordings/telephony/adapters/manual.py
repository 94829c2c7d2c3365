"""No telephone system: people dial on the telephone beside them and say what happens."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from callbacks.calls.attempts import begin_attempt, end_attempt
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Attempt, Call
from callbacks.recordings.choices import EventKind
from callbacks.recordings.telephony.events import enter
from crm.organisation.models import User


class ManualTelephony:
    name = "manual"
    dials = False

    def dial(
        self, *, call: Call, by: User, phone: str, out_of_hours: str = "", at: dt.datetime | None = None
    ) -> Attempt:
        return begin_attempt(call=call, by=by, phone=phone, out_of_hours=out_of_hours, at=at)

    def answer(self, *, ref: str, by: User, at: dt.datetime | None = None) -> None:
        """Nothing to do: whoever takes an enquiry has lifted the receiver."""

    def connected(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        _enter(attempt, EventKind.ANSWERED, by=by, at=at)

    @transaction.atomic
    def end(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        at = at or timezone.now()
        end_attempt(call=attempt.call, by=by, at=at)
        _enter(attempt, EventKind.ENDED, by=by, at=at)

    def hold(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        _enter(attempt, EventKind.HELD, by=by, at=at)

    def resume(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        _enter(attempt, EventKind.RESUMED, by=by, at=at)

    def transfer(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        _enter(attempt, EventKind.TRANSFERRED, by=by, at=at, to=to)

    def conference(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        """Whoever comes in is noted; the recorder beside runs on."""
        _enter(attempt, EventKind.TRANSFERRED, by=by, at=at, to=to)


@transaction.atomic
def _enter(attempt: Attempt, kind: EventKind, *, by: User, at: dt.datetime | None, to: User | None = None) -> None:
    """Whoever holds the call says what happens on its line. Raises NotHeld."""
    locked_for(attempt.call, by)
    enter(attempt, kind, by=by, at=at or timezone.now(), to=to)
