"""Who did it and why: the words that changes carry, and the log of reads.

Changes are written by triggers (`crm.history`). During a request the middleware says who; commands, jobs and tasks
say it with `acting`. COPY needs `crm.history.carry_context` first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from crm.access.addresses import client_ip
from crm.access.scope import absent_colleagues
from crm.audit.models import ReadKind, ReadLog
from crm.history import put_down
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
    why = {"reason": reason} if reason else {}
    with put_down(**words, **why, **(who(by) if by else {"user": None})):
        yield


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
