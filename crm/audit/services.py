"""Who did it and why: the context of changes, and the log of reads.

Changes are written by triggers (`crm.history`). During a request the middleware says who; commands, jobs and tasks
say it with `acting`. The words travel as settings of the transaction, set in front of every statement that may write,
so `INSERT … SELECT` and other set-based SQL carries them. COPY is not seen by that mechanism: call `carry_context`
in the same transaction before `copy_expert`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from pghistory import runtime

from crm.access.addresses import client_ip
from crm.access.scope import absent_colleagues
from crm.audit.models import ReadKind, ReadLog
from crm.organisation.models import User


def who(by: User) -> dict[str, Any]:
    """What the history keeps about a person: id, staff number, and for whom he acts today, when he stands in."""
    known: dict[str, Any] = {"user": by.pk, "staff_no": by.staff_no}
    absent = [colleague.staff_no for colleague in absent_colleagues(by)]
    return known | ({"acting_for": absent} if absent else {})


@contextmanager
def acting(*, by: User | None, reason: str = "", **words: Any) -> Iterator[None]:
    """Every change inside is put down to `by` (None: the system itself) with `reason` and further JSON `words`.

    Inside a request, or inside another `acting`, the words are added for its length and then taken back.
    """
    metadata = words | ({"reason": reason} if reason else {}) | (who(by) if by else {"user": None})
    outer = getattr(runtime._tracker, "value", None)
    before = dict(outer.metadata) if outer else None
    with pghistory.context(**metadata) as context:
        try:
            yield
        finally:
            if before is not None:
                context.metadata.clear()
                context.metadata.update(before)
    if outer is None and connection.in_atomic_block:
        carry_context()  # what follows in the same transaction is not ours any more


def carry_context() -> None:
    """Hand the running context to the transaction, for COPY and whatever else does not go through `cursor.execute`.

    Outside any context the transaction's is cleared, so that nothing is put down to somebody else.
    """
    context = getattr(runtime._tracker, "value", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(context.id), json.dumps(context.metadata, default=str)] if context else ["", ""],
        )


def record_read(
    *,
    by: User,
    kind: ReadKind,
    subject: str,
    subject_no: str = "",
    fields: Sequence[str] = (),
    reason: str = "",
    rows: int = 1,
    request: HttpRequest | None = None,
    at: dt.datetime | None = None,
) -> ReadLog:
    """Put down that `by` read something about a person or took data out; append-only, kept 20 years.

    `subject` is what was read ("client", "recording" …), `subject_no` its number, empty for a list; `rows` how many.
    `request` adds page and address; search words, which may be personal, are left out.
    """
    return ReadLog.objects.create(
        at=at or timezone.now(),
        by=by,
        kind=kind,
        subject=subject,
        subject_no=subject_no,
        fields=",".join(fields)[:200],
        reason=reason[:200],
        rows=rows,
        url=request.path[:500] if request else "",
        ip=client_ip(request) if request else None,
    )
