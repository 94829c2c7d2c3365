"""A telephone system that is told by signed HTTP and tells by signed HTTP (docs/telephony.md)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from callbacks.calls.attempts import begin_attempt, end_attempt, number_of
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Attempt, Call
from callbacks.recordings.choices import CommandVerb
from callbacks.recordings.telephony.commands import ask
from crm.organisation.models import User


class WebhookTelephony:
    name = "webhook"
    dials = True

    @transaction.atomic
    def dial(
        self, *, call: Call, by: User, phone: str, out_of_hours: str = "", at: dt.datetime | None = None
    ) -> Attempt:
        """The try is known to the telephone system by a number of ours, so its events find it from the first on.
        A visit, a letter or an e-mail is begun without dialling."""
        ref = uuid.uuid4().hex
        attempt = begin_attempt(call=call, by=by, phone=phone, out_of_hours=out_of_hours, telephony_ref=ref, at=at)
        if attempt.telephony_ref == ref:  # else one was running already, or it is no call
            number = number_of(attempt.call, phone).clear
            ask(CommandVerb.DIAL, ref=ref, by=by, said={"number": number, "call": attempt.call_id}, at=at)
        return attempt

    def answer(self, *, ref: str, by: User, at: dt.datetime | None = None) -> None:
        ask(CommandVerb.ANSWER, ref=ref, by=by, said={}, at=at)

    def connected(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        """It tells by itself."""

    def end(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        if attempt.telephony_ref:
            self._about(attempt, CommandVerb.END, by, at)
        else:
            end_attempt(call=attempt.call, by=by, at=at)

    def hold(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        self._about(attempt, CommandVerb.HOLD, by, at)

    def resume(self, *, attempt: Attempt, by: User, at: dt.datetime | None = None) -> None:
        self._about(attempt, CommandVerb.RESUME, by, at)

    def transfer(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        self._about(attempt, CommandVerb.TRANSFER, by, at, to=to.staff_no)

    def conference(self, *, attempt: Attempt, to: User, by: User, at: dt.datetime | None = None) -> None:
        self._about(attempt, CommandVerb.CONFERENCE, by, at, to=to.staff_no, record=True)

    @transaction.atomic
    def _about(self, attempt: Attempt, verb: CommandVerb, by: User, at: dt.datetime | None, **said: Any) -> None:
        """Raises NotHeld."""
        locked_for(attempt.call, by)
        if attempt.telephony_ref:  # one that was begun by hand has no line here
            ask(verb, ref=attempt.telephony_ref, by=by, said=said, at=at)
