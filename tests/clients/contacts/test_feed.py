"""What staff wrote down, and what went out from here, is never touched by a feed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.models import ServiceRecord
from clients.contacts.services import Contact, record_contact
from clients.profile.models import Client
from tests.clients.feeds.loading import figures, loader, reasons
from tests.factories.clients import ServiceRecordFactory
from tests.factories.people import person

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


class TestARecordThatWasMadeHereComesBack:
    """Say the same again and nothing happens; say anything else and the row is rejected; the number alone counts."""

    COLUMNS = "record_no,client_no,occurred_at,channel,direction,staff_no,duration_seconds,topic,summary,outcome\n"
    SAME = "{},10800001,2026-11-20T09:30:00,phone,inbound,S7,,银证转账,问限额,已解答\n"

    @pytest.fixture
    def entered(self, someone: Client) -> ServiceRecord:
        clerk = person("counter_clerk", someone.branch, staff_no="S7")
        at = dt.datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        contact = Contact(ContactChannel.PHONE, ContactDirection.INBOUND, at, "银证转账", "问限额", "已解答")
        return record_contact(client=someone, contact=contact, key="k1", by=clerk)

    def test_identical_in_every_column_of_the_file(self, entered: ServiceRecord, tmp_path: Path) -> None:
        load, kept = loader(tmp_path), ServiceRecord.objects.values().get()
        assert figures(load("service_records", self.COLUMNS + self.SAME.format("S-k1"))) == {"rows": 1, "unchanged": 1}
        for few in ("record_no,occurred_at,channel", "record_no,client_no,occurred_at,channel,topic"):
            values = {
                "topic": "银证转账",
                "record_no": "S-k1",
                "occurred_at": "2026-11-20T09:30:00",
                "channel": "phone",
            }
            row = ",".join((values | {"client_no": "10800001"})[name] for name in few.split(","))
            assert figures(load("service_records", f"{few}\n{row}\n")) == {"rows": 1, "unchanged": 1}, few
        assert ServiceRecord.objects.values().get() == kept
        assert kept["source"] == "staff"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("问限额", "问限额。"),
            ("09:30", "09:31"),
            ("已解答", ""),
            ("S7", "S8"),
            ("phone", "visit"),
            ("10800001", ""),
        ],
    )
    def test_different_in_any_column(self, entered: ServiceRecord, tmp_path: Path, old: str, new: str) -> None:
        kept = ServiceRecord.objects.values().get()
        outcome = loader(tmp_path)("service_records", self.COLUMNS + self.SAME.format("S-k1").replace(old, new))
        assert figures(outcome) == {"rows": 1, "rejected": 1}
        assert reasons(outcome)[2][0] == "record_no"
        assert ServiceRecord.objects.values().get() == kept

    def test_the_same_contact_under_a_number_of_its_own_is_a_record_of_its_own(
        self, entered: ServiceRecord, tmp_path: Path
    ) -> None:
        load = loader(tmp_path)
        assert figures(load("service_records", self.COLUMNS + self.SAME.format("R9"))) == {"rows": 1, "inserted": 1}
        assert dict(ServiceRecord.objects.values_list("record_no", "source")) == {"S-k1": "staff", "R9": "feed"}

    def test_loaded_for_one_s_own_branch_it_is_the_same(self, entered: ServiceRecord, tmp_path: Path) -> None:
        assert entered.client is not None
        director = person("operations_director", entered.client.branch)
        outcome = loader(tmp_path)("service_records", self.COLUMNS + self.SAME.format("S-k1"), by=director)
        assert figures(outcome) == {"rows": 1, "unchanged": 1}
