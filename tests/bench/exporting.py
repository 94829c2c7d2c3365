"""What the bench of exports runs in processes of their own: the job itself, and its floor. Both print seconds."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.db.models import Count
from django.http import QueryDict
from django.test import override_settings
from django.utils import timezone

from clients.desk.listing import NAME, client_list
from clients.segmentation.models import Standing
from crm.exports import files
from crm.exports.making import open_extract
from crm.exports.models import Export
from crm.exports.services import request_export
from crm.exports.workbook import FORMATS, OPTIONS
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User
from crm.web.lists.spec import names_of

WANTED = 100_000
NO_LIMIT = 10_000_000
READER = "8101"  # sees everybody


def export() -> None:
    """Make the file of some 100,000 clients as a worker does."""
    made = _ask()
    assert made.job is not None
    with override_settings(EXPORT_RELEASE_ROWS=NO_LIMIT):
        began = time.perf_counter()
        jobs.run(made.job.pk)
        seconds = time.perf_counter() - began
    made.refresh_from_db()
    if made.state != "ready":
        made.job.refresh_from_db()
        raise RuntimeError(made.job.error)
    files.path_of(made).unlink()
    print(json.dumps({"seconds": seconds, "rows": made.rows, "bytes": made.size}))


def floor() -> None:
    """Write the cells of the same file, which lie in memory, with XlsxWriter's own calls and nothing else."""
    extract = open_extract(_ask(), timezone.now())
    rows = [list(row) for row in extract.rows()]
    with tempfile.TemporaryDirectory(prefix="crm-bench-") as folder:
        began = time.perf_counter()
        _write(Path(folder) / "floor.xlsx", [field.kind for field in extract.fields], rows)
        seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "rows": len(rows)}))


def _write(path: Path, kinds: list[Any], rows: list[list[Any]]) -> None:
    book = xlsxwriter.Workbook(str(path), OPTIONS)
    sheet = book.add_worksheet()
    formats = [book.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None for kind in kinds]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    sheet.write_string(number, column, value)
            elif isinstance(value, dt.datetime):
                sheet.write_datetime(number, column, timezone.localtime(value).replace(tzinfo=None), formats[column])
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, column, value, formats[column])
            elif value is not None:
                sheet.write_number(number, column, value, formats[column])
    book.close()


def _ask() -> Export:
    reader = User.objects.get(staff_no=READER)
    columns = client_list(reader, QueryDict(""), timezone.localdate()).usual
    with override_settings(EXPORT_RELEASE_ROWS=NO_LIMIT):
        return request_export(
            by=reader,
            list_name=NAME,
            query=branches_of_about(WANTED),
            columns=names_of(columns),
            reason="meeting",
            key=str(uuid.uuid4()),
            language="zh-hans",
        )


def branches_of_about(wanted: int) -> str:
    """A filter by branches that together have about so many clients."""
    standing = Standing.objects.filter(status__in=["active", "suspended"])
    counts = dict(standing.values_list("branch_id").annotate(Count("pk")))
    chosen: list[tuple[str, str]] = []
    rows = 0
    for branch in Unit.objects.branches().order_by("code"):
        if rows + counts.get(branch.pk, 0) <= wanted or not chosen:
            chosen.append(("branch", branch.code))
            rows += counts.get(branch.pk, 0)
    return urlencode(chosen)
