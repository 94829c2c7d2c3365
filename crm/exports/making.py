"""Making the file of an export: the list as it stands at one moment, for the person who asked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.exports import files, services
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.queries import opened_query
from crm.exports.registry import Asked, Extract
from crm.exports.snapshot import snapshot
from crm.exports.workbook import About, write_workbook
from crm.jobs.work import Work

GROWTH = Decimal("1.1")  # a released list may grow by a tenth until it is made


def make(export: Export, work: Work) -> None:
    """Write the file, then mark export and job as done in one transaction. Done twice, it is the same file anew.

    Raises ExportRefused, in words, when the list may not be taken out as it stands now.
    """
    at = timezone.now()
    draft = files.draft_of(export)
    with translation.override(export.language):
        with snapshot():
            extract = open_extract(export, at)
            expected = _checked(export, extract.count())
            rows = write_workbook(
                draft,
                extract.fields,
                extract.rows(),
                lambda count: about(export, extract, at, count),
                about(export, extract, at, expected),
                lambda done: work.progress(done, max(done, expected)),
            )
        name = f"{export.title}-{timezone.localtime(at):%Y%m%d-%H%M}{files.ENDING}"
        label = _("To the file")
    work.progress(rows, rows)
    export.sha256 = files.digest_of(draft)
    size = draft.stat().st_size
    draft.replace(files.path_of(export))
    with transaction.atomic():
        services.made(export=export, rows=rows, sha256=export.sha256, size=size, file_name=name, at=at)
        work.finish({"url": reverse("exports:detail", args=[export.pk]), "label": label})


def open_extract(export: Export, at: dt.datetime) -> Extract:
    """The list as the person who asked sees it at the instant `at`: his scope, his rights of now."""
    exporter = services.exporter_of(export.by, export.list_name)
    asked = Asked(export.by, opened_query(export.query), export.columns, export.picked, at)
    return exporter.open(asked)


def _checked(export: Export, rows: int) -> int:
    """Refuse what has grown past what was asked for, or released."""
    limit = settings.EXPORT_RELEASE_ROWS
    if export.decided_by_id is not None:
        limit = max(limit, int(export.rows * GROWTH))
    if rows > limit:
        words = _("The list has grown to %(rows)s rows since; it needs a release. Ask for it again.")
        raise ExportRefused(words % {"rows": f"{rows:,}"})
    return rows


def about(export: Export, extract: Extract, at: dt.datetime, rows: int) -> About:
    """The watermark, and who took what, when, why, and who released it."""
    when = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    who = f"{export.by.name} ({export.by.staff_no})"
    lines = [
        (_("List"), export.title),
        (_("Taken out by"), who),
        (_("As of"), when),
        (_("Reason"), export.get_reason_display()),
        (_("Rows"), f"{rows:,}"),
        (_("Filter"), "\n".join(extract.words) or _("none: everything in scope")),
    ]
    if export.picked:
        lines.append((_("Chosen by hand"), f"{len(export.picked):,}"))
    if export.decided_by is not None and export.decided_at is not None:
        decided = f"{timezone.localtime(export.decided_at):%Y-%m-%d %H:%M}"
        lines.append((_("Released by"), f"{export.decided_by.name} ({export.decided_by.staff_no}), {decided}"))
    lines.append((_("Please note"), _("Personal data of clients. For the reason above only; every copy is logged.")))
    return About(export.title, _("About this file"), f"{who} · {when}", lines)
