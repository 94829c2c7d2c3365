"""What goes back to the core system: approved corrections and changes of manager that wait, in the feed's columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from clients.care.core_system import pending_changes, pending_since
from clients.corrections.choices import CorrectionState
from clients.corrections.models import Correction, CorrectionFile
from clients.corrections.outbox import keep_file
from clients.corrections.policies import SEND
from clients.corrections.sending import send_corrections
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.worktime.selectors import is_exchange_day

MANAGERS = "managers"
MANAGERS_SENT = "managers.sent"
SENDING = "SELECT pg_advisory_xact_lock(hashtext('clients.feeds.outgoing'))"


@dataclass(frozen=True)
class ToSend:
    """What the next files would hold: approved corrections, and all changes of manager that wait. `new_managers` of
    these were made after the last file of managers."""

    corrections: int
    managers: int
    new_managers: int

    @property
    def is_any(self) -> bool:
        return bool(self.corrections or self.new_managers)


def to_send() -> ToSend:
    """What waits to be sent: four small queries."""
    return ToSend(
        corrections=Correction.objects.filter(state=CorrectionState.APPROVED).count(),
        managers=pending_since(None),
        new_managers=pending_since(_last_managers_file()),
    )


@transaction.atomic
def send(*, by: User | None, at: dt.datetime | None = None) -> list[CorrectionFile]:
    """Write the files; none where nothing is new. `by` is None for the schedule. Raises PermissionDenied.

    A change of manager stands in every file until the core system has it: a file that was lost does no harm. The
    schedule writes all that wait, new or not: a large hand-over may be dated before the last file and end after it.
    """
    if by is not None:
        check(by, SEND)
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(SENDING)  # of two who send at once the second finds nothing new
    files = send_corrections(by=by, at=at)
    if pending_since(None if by is None else _last_managers_file()):
        with acting(by=by):
            file = keep_file(stem=MANAGERS, header=("client_no", "manager_no"), rows=pending_changes(), by=by, at=at)
        publish(MANAGERS_SENT, {"file": file.pk, "clients": file.rows}, at=at)
        files.append(file)
    return files


def send_on_schedule(*, at: dt.datetime) -> list[CorrectionFile]:
    """As `send`, by the system itself, on exchange days: the core system takes no files on others."""
    return send(by=None, at=at) if is_exchange_day(timezone.localdate(at)) else []


def _last_managers_file() -> dt.datetime | None:
    files: QuerySet[CorrectionFile] = CorrectionFile.objects.filter(file_name__startswith=f"{MANAGERS}-")
    last: dt.datetime | None = files.aggregate(last=Max("made_at"))["last"]
    return last
