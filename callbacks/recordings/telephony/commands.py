"""What the telephone system is asked to do: queued in the transaction that asks, posted after it, again until it is
heard or would only do harm. Whoever hears it twice (an answer was lost) knows it by its `command_id`."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from callbacks.calls.attempts import ENDED, note_telephony
from callbacks.calls.models import Attempt
from callbacks.recordings.choices import CommandState, CommandVerb
from callbacks.recordings.models import TelephonyCommand
from callbacks.recordings.telephony import posting, signing
from crm.audit.services import acting
from crm.events.nudge import nudge_after_commit
from crm.events.services import publish
from crm.organisation.models import User
from crm.personal.seal import seal, unseal

log = structlog.get_logger(__name__)

SEND = "callbacks.recordings.send_command"
FAILED = "telephony.command_failed"
PURPOSE = "telephony.command"
EXPIRED = "expired"  # as `posting` names its troubles; `consumers` has the words
SOON = dt.timedelta(minutes=1)  # nobody wants to be connected to a client who was dialled later
LATER = dt.timedelta(minutes=5)
LIVES = {CommandVerb.DIAL: SOON, CommandVerb.ANSWER: SOON}
LEASE = dt.timedelta(seconds=20)  # longer than a post may take
FIRST_PAUSE = dt.timedelta(seconds=2)
LONGEST_PAUSE = dt.timedelta(minutes=1)


def ask(
    verb: CommandVerb, *, ref: str, by: User, said: dict[str, Any], at: dt.datetime | None = None
) -> TelephonyCommand:
    """Queue a command about the call `ref`, in the running transaction. `said` is sealed: it may hold numbers."""
    at = at or timezone.now()
    with transaction.atomic(), acting(by=by):
        command = TelephonyCommand.objects.create(
            ref=ref, verb=verb, sealed=seal(json.dumps(said), purpose=PURPOSE), by=by, asked_at=at, next_try_at=at,
            expires_at=at + LIVES.get(verb, LATER),
        )  # fmt: skip
        nudge_after_commit(SEND, command.pk)
    return command


def send(command_id: int, *, at: dt.datetime | None = None) -> bool:
    """Post one command that is due, unless somebody else is at it. True when it was heard now."""
    at = at or timezone.now()
    command = _take(command_id, at)
    if command is None:
        return False
    if at > command.expires_at:
        _end(command, CommandState.FAILED, command.error or EXPIRED, at)
        return False
    body = _body(command)
    try:
        posting.post(settings.TELEPHONY_COMMANDS_URL, body, signing.headers(body, at=at))
    except posting.Refused as refused:
        _end(command, CommandState.FAILED, str(refused), at)
    except posting.Away as away:
        pause = min(FIRST_PAUSE * (1 << min(command.tries - 1, 10)), LONGEST_PAUSE)
        TelephonyCommand.objects.filter(pk=command.pk).update(next_try_at=at + pause, error=str(away)[:300])
        _hang_up_here(command)
        log.warning("telephony_away", command=str(command.key), verb=command.verb, error=str(away))
    else:
        _end(command, CommandState.SENT, "", at)
        return True
    return False


def send_due(*, at: dt.datetime | None = None) -> int:
    """Post everything that is due. Returns how many were heard."""
    at = at or timezone.now()
    due = TelephonyCommand.objects.filter(state=CommandState.QUEUED, next_try_at__lte=at).order_by("next_try_at", "pk")
    return sum(send(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:500]))


def _take(command_id: int, at: dt.datetime) -> TelephonyCommand | None:
    """Take a command that is due for as long as a post may last."""
    with transaction.atomic():
        due = TelephonyCommand.objects.select_for_update(skip_locked=True, of=("self",)).select_related("by")
        command = due.filter(pk=command_id, state=CommandState.QUEUED, next_try_at__lte=at).first()
        if command is not None:
            command.tries, command.next_try_at = command.tries + 1, at + LEASE
            command.save(update_fields=["tries", "next_try_at"])
    return command


def _end(command: TelephonyCommand, state: CommandState, error: str, at: dt.datetime) -> None:
    with transaction.atomic(), acting(by=None):
        ended = TelephonyCommand.objects.filter(pk=command.pk, state=CommandState.QUEUED)
        if ended.update(state=state, error=error[:300], ended_at=at) and state == CommandState.FAILED:
            _hang_up_here(command)
            publish(FAILED, {"command": command.pk, "ref": command.ref, "verb": command.verb}, at=at)
            log.warning("telephony_command_failed", command=str(command.key), verb=command.verb, error=error)


def _hang_up_here(command: TelephonyCommand) -> None:
    """Whoever hung up is not kept on a line because the telephone system did not hear of it: his try ends here. When
    it tells later when the line ended, that holds."""
    if command.verb == CommandVerb.END and Attempt.objects.filter(telephony_ref=command.ref, ended_at=None).exists():
        note_telephony(ref=command.ref, kind=ENDED, at=command.asked_at, by=command.by)


def _body(command: TelephonyCommand) -> bytes:
    said = json.loads(unseal(command.sealed, purpose=PURPOSE))
    known = {
        "command_id": str(command.key),
        "command": command.verb,
        "ref": command.ref,
        "agent": command.by.staff_no if command.by else "",
        "asked_at": posting.stamp(command.asked_at),
        "expires_at": posting.stamp(command.expires_at),
    }
    return json.dumps(known | said, ensure_ascii=False).encode()
