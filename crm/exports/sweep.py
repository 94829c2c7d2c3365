"""What time does to exports: files go, what nobody released lapses, what a killed worker left is told."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.utils import timezone

from crm.exports import files
from crm.exports.choices import ExportState
from crm.exports.models import Export
from crm.exports.services import KEPT_FOR
from crm.jobs.models import ENDED, JobState

log = structlog.get_logger(__name__)


def sweep(*, at: dt.datetime | None = None) -> int:
    """Expire what is due at the instant `at`. Returns how many exports expired. Doing it twice changes nothing."""
    at = at or timezone.now()
    with transaction.atomic():
        over = Export.objects.filter(state=ExportState.READY, expires_on__lt=timezone.localdate(at))
        late = Export.objects.filter(state=ExportState.WAITING, asked_at__lt=at - KEPT_FOR)
        expired = over.update(state=ExportState.EXPIRED) + late.update(state=ExportState.EXPIRED)
        stopped = [state for state in ENDED if state != JobState.DONE]
        Export.objects.filter(state=ExportState.MAKING, job__state__in=stopped).update(state=ExportState.FAILED)
    removed = _remove_files()
    if expired or removed:
        log.info("exports_expired", exports=expired, files=removed)
    return expired


def _remove_files() -> int:
    """Delete the files that belong to no export that is ready or being made."""
    found = list(files.folder().iterdir())  # before the question: what begins meanwhile keeps its file
    kept = Export.objects.filter(state__in=[ExportState.READY, ExportState.MAKING]).values_list("pk", flat=True)
    numbers = {str(pk) for pk in kept}
    gone = [path for path in found if path.name.partition("-")[0].partition(".")[0] not in numbers]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
