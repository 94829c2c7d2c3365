from __future__ import annotations

import datetime as dt

import pytest
from django.test import RequestFactory

from crm.audit import services
from crm.audit.models import ReadKind, ReadLog
from tests.factories.people import person

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_what_is_put_down() -> None:
    by = person()
    request = RequestFactory().get("/clients/C1/?q=13812341234", REMOTE_ADDR="10.0.0.7")
    read = services.record_read(
        by=by,
        kind=ReadKind.REVEAL,
        subject="client",
        subject_no="C1",
        fields=["phone", "id_number"],
        reason="client called",
        request=request,
        at=NOON,
    )
    read.refresh_from_db()
    assert (read.by, read.kind, read.subject, read.subject_no) == (by, "reveal", "client", "C1")
    assert (read.fields, read.reason, read.rows, read.at) == ("phone,id_number", "client called", 1, NOON)
    assert (read.url, read.ip) == ("/clients/C1/", "10.0.0.7"), "search words may be personal and are left out"


def test_without_a_request() -> None:
    read = services.record_read(by=person(), kind=ReadKind.EXPORT, subject="client", rows=5000)
    assert (read.url, read.ip, read.rows) == ("", None, 5000)


def test_visible_to() -> None:
    clerk, auditor = person("counter_clerk"), person("auditor")
    for by in (clerk, auditor):
        services.record_read(by=by, kind=ReadKind.PAGE, subject="client", subject_no="C1")
    assert [read.by for read in ReadLog.objects.visible_to(clerk)] == [clerk]
    assert ReadLog.objects.visible_to(auditor).count() == 2
