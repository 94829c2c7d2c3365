"""Storing files, and writing down what checks of them found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction
from django.utils import timezone

from crm.audit.services import acting
from crm.events.services import publish
from crm.files import folder
from crm.files.choices import Fault
from crm.files.folder import Received
from crm.files.models import StoredFile
from crm.organisation.models import User

log = structlog.get_logger(__name__)

DAMAGED = "files.damaged"


def store(
    chunks: Iterable[bytes], *, by: User | None, mime: str, limit: int, years: int, at: dt.datetime | None = None
) -> StoredFile:
    """Receive and keep a file whose kind is known. Raises FileRefused (see `folder.receive`)."""
    with folder.receive(chunks, limit=limit) as received:
        return keep(received, by=by, mime=mime, years=years, at=at)


def keep(received: Received, *, by: User | None, mime: str, years: int, at: dt.datetime | None = None) -> StoredFile:
    """Keep a received file for at least `years`; the same content again is the same row, kept longer.

    The file is in its place before the row is written, so a row never speaks of a file that is not there. What a
    transaction that was taken back leaves is a file without a row, which the same content finds again.
    """
    at = at or timezone.now()
    until = retained_until(timezone.localdate(at), years)
    with transaction.atomic(), acting(by=by):
        folder.place(received)
        stored, made = StoredFile.objects.get_or_create(
            sha256=received.sha256,
            size=received.size,
            defaults={"mime": mime, "stored_at": at, "retained_until": until},
        )
        if not made:
            _keep_longer(stored, until)
    return stored


def _keep_longer(stored: StoredFile, until: dt.date) -> None:
    StoredFile.objects.filter(pk=stored.pk, retained_until__lt=until).update(retained_until=until)
    StoredFile.objects.filter(pk=stored.pk).exclude(fault=Fault.NONE).update(fault=Fault.NONE)
    stored.refresh_from_db()


def retained_until(day: dt.date, years: int) -> dt.date:
    """The last day on which a file stored on `day` must still be there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return dt.date(day.year + years, 3, 1)


def record_check(*, stored_id: int, fault: Fault, at: dt.datetime) -> None:
    """Write down what a check found. What is damaged is told once, by the event `files.damaged` {file, fault}."""
    with transaction.atomic():
        stored = StoredFile.objects.select_for_update().get(pk=stored_id)
        before, stored.fault, stored.checked_at = stored.fault, fault, at
        stored.save(update_fields=["fault", "checked_at"])
        if fault != before:
            log.warning("stored_file_checked", file=stored.pk, before=before, now=fault.value)
        if fault and fault != before:
            publish(DAMAGED, {"file": stored.pk, "fault": fault.value}, at=at)
