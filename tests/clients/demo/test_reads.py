"""The demo firm's log of reads goes with its service records, and has something that stands out."""

from __future__ import annotations

import datetime as dt

import pytest

from clients.contacts.models import ServiceRecord
from clients.demo.firm import Firm
from clients.oversight.unusual import unusual_reading
from crm.audit.models import ReadLog
from tests.clients.demo.conftest import UNTIL

pytestmark = pytest.mark.django_db

SINCE = UNTIL - dt.timedelta(days=30)


def test_whoever_served_a_client_had_opened_his_page(firm: Firm) -> None:
    served = ServiceRecord.objects.filter(staff__isnull=False, client__isnull=False, occurred_at__date__gte=SINCE)
    pages = ReadLog.objects.filter(kind="page", subject="client")
    assert served.count() > 0
    for record in served.select_related("client")[:20]:
        assert pages.filter(
            by=record.staff, subject_no=record.client.client_no if record.client else "", at__lt=record.occurred_at
        ).exists()


def test_one_person_stands_out(firm: Firm) -> None:
    findings = unusual_reading(SINCE, UNTIL)
    assert {(finding.person.staff_no, finding.kind) for finding in findings} == {
        ("8003", "in_an_hour"),
        ("8003", "outside_a_day"),
    }
