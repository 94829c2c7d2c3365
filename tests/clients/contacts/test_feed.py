"""What staff wrote down, and what went out from here, is never touched by a feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.contacts.models import ServiceRecord
from clients.profile.models import Client
from tests.clients.feeds.loading import figures, loader, reasons
from tests.factories.clients import ServiceRecordFactory

pytestmark = pytest.mark.django_db
HEAD = "record_no,client_no,occurred_at,channel,topic\n"


@pytest.mark.parametrize("source", ["staff", "message"])
def test_a_row_with_the_number_of_such_a_record_is_rejected(someone: Client, tmp_path: Path, source: str) -> None:
    ServiceRecordFactory(record_no="S-1", client=someone, source=source, topic="我们写的")
    ServiceRecordFactory(record_no="R1", client=someone, topic="旧")

    outcome = loader(tmp_path)(
        "service_records",
        HEAD + "S-1,10800001,2026-11-20T09:30:00,phone,文件写的\nR1,10800001,2026-11-20T09:30:00,phone,新\n",
    )

    assert figures(outcome) == {"rows": 2, "updated": 1, "rejected": 1}
    column, reason = reasons(outcome)[2]
    assert column == "record_no"
    assert "made here" in reason
    assert dict(ServiceRecord.objects.values_list("record_no", "topic")) == {"S-1": "我们写的", "R1": "新"}
