"""Taking lists out of the system: asked for with a reason, released by a second person above a limit, made by a job,
downloaded under the eyes of the log, gone after a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.guards import check
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.events.services import publish
from crm.exports.choices import ExportReason, ExportState
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.policies import ASK, may_withdraw, why_not_decide, why_not_take
from crm.exports.queries import kept_query
from crm.exports.registry import Asked, Exporter, Extract, find
from crm.exports.workbook import MOST_ROWS
from crm.jobs import services as jobs
from crm.organisation.models import User

MAKE = "exports.make"
KEPT_FOR = dt.timedelta(days=7)
MOST_PICKED = 10_000
NOTE_MAX = 200


def request_export(
    *,
    by: User,
    list_name: str,
    query: str,
    columns: Sequence[str],
    reason: str,
    key: str,
    language: str,
    picked: Sequence[int] = (),
    at: dt.datetime | None = None,
) -> Export:
    """Ask for the list `list_name` as `by` sees it, filtered by `query`, as a file. The same `key` asks once.

    Up to `settings.EXPORT_RELEASE_ROWS` rows it is made at once; above, a second person releases it first.
    `picked`: rows ticked by hand, by primary key; empty: all that match. `key` is the form's, at most 40 characters.
    Raises PermissionDenied without the permission, ExportRefused with words for what cannot be taken out.
    """
    at = at or timezone.now()
    exporter = exporter_of(by, list_name)
    key = f"{by.pk}:{key.replace(chr(0), '')[:40]}"
    if (known := Export.objects.filter(key=key).first()) is not None:
        return known
    if reason not in ExportReason.values:
        raise ExportRefused(_("Please say what the file is for."))
    if len(picked) > MOST_PICKED:
        raise ExportRefused(_("At most %(most)s rows can be ticked by hand.") % {"most": f"{MOST_PICKED:,}"})
    asked = Asked(by, query, columns, picked, at)
    rows = _counted(exporter.open(asked))
    fields = {
        "list_name": list_name,
        "title": str(exporter.title),
        "query": kept_query(query, exporter.sealed),
        "picked": list(picked),
        "columns": list(columns),
        "language": language,
        "reason": reason,
        "by": by,
        "asked_at": at,
        "rows": rows,
        "state": ExportState.WAITING,
    }
    with transaction.atomic():
        export, created = Export.objects.get_or_create(key=key, defaults=fields)
        if created and rows > settings.EXPORT_RELEASE_ROWS:
            publish("export.waiting", {"export": export.pk}, at=at)
        elif created:
            _begin(export, at)
    return export


def exporter_of(user: User, list_name: str) -> Exporter:
    """How the list is taken out. Raises PermissionDenied unless `user` may, ExportRefused for a list that never is."""
    check(user, ASK)
    exporter = find(list_name)
    if exporter is None:
        raise ExportRefused(_("This list cannot be taken out as a file."))
    check(user, exporter.permission)
    return exporter


def release_export(*, by: User, export: Export, note: str = "", at: dt.datetime | None = None) -> Export:
    """Let somebody else's export be made. Raises PermissionDenied where `by` may not, ExportRefused when it is too
    late."""
    at = at or timezone.now()
    with transaction.atomic():
        export = _decide(by, export, note, at)
        _begin(export, at)
    return export


def refuse_export(*, by: User, export: Export, note: str, at: dt.datetime | None = None) -> Export:
    """Say no, with the reason in `note`. Raises as `release_export`, and ExportRefused without a reason."""
    at = at or timezone.now()
    if not note.strip():
        raise ExportRefused(_("Please say why, so that whoever asked knows how to go on."))
    with transaction.atomic():
        export = _decide(by, export, note, at)
        export.state = ExportState.REFUSED
        export.save()
        publish("export.refused", {"export": export.pk}, at=at)
    return export


def withdraw_export(*, by: User, export: Export, at: dt.datetime | None = None) -> Export:
    """Take back what one asked for oneself: a waiting one ends, one that is being made stops at its next step."""
    with transaction.atomic():
        export = _locked(export)
        if not may_withdraw(by, export):
            raise ExportRefused(_("There is nothing to take back any more."))
        if export.state == ExportState.WAITING:
            export.state = ExportState.REFUSED  # with nobody who decided: taken back
            export.save()
        elif export.job is not None and jobs.cancel(export.job, by=by, at=at).has_ended:
            export.state = ExportState.FAILED
            export.save()
    return export


def record_download(*, by: User, export: Export, request: HttpRequest | None = None) -> Export:
    """Count one download and put it into the log of reads. Raises PermissionDenied where `by` may not take the file,
    ExportRefused when there is none (any more)."""
    if why := why_not_take(by, export):
        raise PermissionDenied(why)
    with transaction.atomic():
        export = _locked(export)
        if not is_there(export, timezone.localdate()):
            raise ExportRefused(_("The file is no longer kept. Ask for the list again."))
        export.downloads = F("downloads") + 1
        export.save(update_fields=["downloads"])
        _log(export, by, ReadKind.DOWNLOAD, request)
    export.refresh_from_db()
    return export


def is_there(export: Export, today: dt.date) -> bool:
    """Whether the file can be taken on the day `today`."""
    return export.state == ExportState.READY and export.expires_on is not None and today <= export.expires_on


def begun(export_id: int) -> Export:
    """The export whose job has begun, marked as being made. Raises ExportRefused when it is not to be made."""
    with transaction.atomic():
        export = _locked(Export(pk=export_id))
        if export.state not in (ExportState.MAKING, ExportState.FAILED):
            raise ExportRefused(_("This export is not to be made."))
        export.state = ExportState.MAKING
        export.save(update_fields=["state"])
    return export


def made(*, export: Export, rows: int, sha256: str, size: int, file_name: str, at: dt.datetime) -> Export:
    """The file lies where it is kept: tell so, and put into the log what left. Belongs into the transaction in which
    the job finishes."""
    export = _locked(export)
    export.state, export.rows, export.sha256, export.size = ExportState.READY, rows, sha256, size
    export.file_name, export.made_at = file_name, at
    export.expires_on = timezone.localdate(at + KEPT_FOR)
    export.save()
    _log(export, export.by, ReadKind.EXPORT, None)
    publish("export.ready", {"export": export.pk}, at=at)
    return export


def failed(*, export_id: int) -> None:
    """A try to make it has failed, or was stopped; the job's own words say why."""
    Export.objects.filter(pk=export_id, state=ExportState.MAKING).update(state=ExportState.FAILED)


def _counted(extract: Extract) -> int:
    rows = extract.count()
    if not rows:
        raise ExportRefused(_("No row matches any more; there is nothing to take out."))
    if rows > MOST_ROWS:
        raise ExportRefused(_("%(rows)s rows do not fit into one sheet. Narrow the list.") % {"rows": f"{rows:,}"})
    return rows


def _begin(export: Export, at: dt.datetime) -> None:
    export.state = ExportState.MAKING
    export.job = jobs.request(MAKE, str(export.pk), by=export.by, params={"export": export.pk}, at=at)
    export.save()


def _decide(by: User, export: Export, note: str, at: dt.datetime) -> Export:
    export = _locked(export)
    if why := why_not_decide(by, export):
        raise PermissionDenied(why)
    if export.state != ExportState.WAITING:
        raise ExportRefused(_("This export has been decided already."))
    export.decided_by, export.decided_at, export.decision_note = by, at, note.replace("\0", "").strip()[:NOTE_MAX]
    return export


def _locked(export: Export) -> Export:
    return Export.objects.select_for_update(of=("self",)).select_related("by", "job", "decided_by").get(pk=export.pk)


def _log(export: Export, by: User, kind: ReadKind, request: HttpRequest | None) -> None:
    exporter = find(export.list_name)
    record_read(
        by=by,
        kind=kind,
        subject=exporter.subject if exporter else export.list_name,
        fields=export.columns,
        reason=export.reason,
        rows=export.rows,
        request=request,
    )
