"""Every real data set goes in without a rejected row, and adds up to what is known of it (its README)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, Max, Min, Q, Sum

from clients.contacts.models import ServiceRecord
from clients.ledger.models import AssetSnapshot, CashFlow, Trade
from clients.profile.models import Client
from clients.suitability.models import RiskAssessment
from complaints.intake.models import FedComplaint
from crm.organisation.models import Appointment, Unit
from tests.realdata.conftest import LoadFeeds, Summary

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

# Data set, feed, rows: as counted from the original files, not through this project.
SETS = {
    "berka": {"branches": 77, "clients": 1_229, "cashflows": 46_997, "assets": 38_821},
    "cdnow": {"clients": 23_570, "trades": 69_659},
    "fartrans": {"clients": 29_090, "risk_assessments": 21_629},
    "callcentre": {"clients": 2_682, "service_records": 17_456, "staff": 24},
    "cfpb": {"complaints": 3_186},
}


@pytest.fixture(scope="module")
def loaded(load_feeds: LoadFeeds) -> dict[str, dict[str, Summary]]:
    """All sets, one after the other: a firm of very different clients."""
    return {name: load_feeds(name) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_every_row_is_taken(loaded: dict[str, dict[str, Summary]], name: str) -> None:
    for feed, summary in loaded[name].items():
        taken = (summary["rows"], summary["inserted"], summary["updated"], summary["unchanged"], summary["rejected"])
        rows = SETS[name].get(feed, summary["rows"])
        assert taken == (rows, rows, 0, 0, 0), feed
        assert summary["warnings"] == 0
        assert summary["errors_file"] is None


@pytest.mark.parametrize("name", SETS)
def test_again_changes_nothing(loaded: dict[str, dict[str, Summary]], load_feeds: LoadFeeds, name: str) -> None:
    for feed, summary in load_feeds(name).items():
        assert (summary["inserted"], summary["updated"]) == (0, 0), feed
        assert summary["unchanged"] == loaded[name][feed]["rows"]


@pytest.mark.usefixtures("loaded")
class TestBerka:
    def test_flows(self) -> None:
        """in 21,821 (with the interest postings), out 25,176"""
        flows = CashFlow.objects.filter(client__client_no__startswith="BK")
        assert flows.filter(direction="in").count() == 21_821
        assert flows.filter(direction="out").count() == 25_176
        assert flows.filter(direction="in", kind="interest").exists()
        assert flows.aggregate(total=Sum("amount"))["total"] == Decimal("314625746.80")
        assert flows.aggregate(first=Min("day"), last=Max("day")) == {
            "first": dt.date(1993, 1, 1),
            "last": dt.date(1994, 3, 30),
        }

    def test_last_snapshots(self) -> None:
        newest = AssetSnapshot.objects.filter(client__client_no__startswith="BK").order_by("client_id", "-day")
        last = sorted(newest.distinct("client_id").values_list("cash", flat=True))
        middle = (last[(len(last) - 1) // 2] + last[len(last) // 2]) / 2
        assert middle == Decimal("28154.80")
        assert last[-1] == Decimal("114980.30")
        assert sum(cash < 0 for cash in last) == 2, "an overdraft is real"

    def test_branches(self) -> None:
        assert Unit.objects.filter(kind="branch", code__regex=r"^B\d{3}$").count() == 77


@pytest.mark.usefixtures("loaded")
class TestCdnow:
    def test_amounts(self) -> None:
        trades = Trade.objects.filter(trade_no__startswith="CDT")
        assert trades.aggregate(total=Sum("amount"))["total"] == Decimal("2500315.63")

    def test_who_bought_once(self) -> None:
        times = Trade.objects.filter(trade_no__startswith="CDT").values("client").annotate(times=Count("*"))
        assert times.filter(times=1).count() == 11_908

    def test_who_had_not_bought_for_180_days(self) -> None:
        last = Trade.objects.filter(trade_no__startswith="CDT").values("client").annotate(last=Max("day"))
        assert last.filter(last__lt=dt.date(1998, 6, 30) - dt.timedelta(days=180)).count() == 18_196


@pytest.mark.usefixtures("loaded")
class TestFarTrans:
    def test_assessments_run_24_months(self) -> None:
        found = RiskAssessment.objects.filter(client__branch__code="FT01")
        assert found.count() == 21_629
        assert found.get(client__client_no="E51ADF5BD4E9BA5D0754", assessed_on="2013-02-28").valid_until == dt.date(
            2015, 2, 28
        )

    def test_professional_investors_are_marked(self) -> None:
        assert Client.objects.filter(branch__code="FT01", investor_class="professional").exists()


@pytest.mark.usefixtures("loaded")
class TestCallCentre:
    def test_every_call(self) -> None:
        calls = ServiceRecord.objects.filter(record_no__startswith="ABC")
        assert calls.count() == 17_456
        days = calls.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
        zone = dt.timezone(dt.timedelta(hours=8))
        assert days["first"].astimezone(zone).date() == dt.date(1999, 2, 1)
        assert days["last"].astimezone(zone).date() == dt.date(1999, 2, 14)

    def test_callers_and_agents(self) -> None:
        calls = ServiceRecord.objects.filter(record_no__startswith="ABC")
        assert calls.filter(client=None).exists(), "unknown callers"
        assert not calls.filter(~Q(staff_no=""), staff=None).exists(), "every agent is known"
        assert Appointment.objects.filter(role="call_centre_agent", user__staff_no__startswith="AB-").count() == 24


@pytest.mark.usefixtures("loaded")
class TestCfpb:
    def test_on_time(self) -> None:
        found = FedComplaint.objects.filter(complaint_no__startswith="CFPB")
        assert found.filter(on_time=True).count() == 3_093
        assert found.filter(on_time=False).count() == 93

    def test_channels(self) -> None:
        found = FedComplaint.objects.filter(complaint_no__startswith="CFPB").values_list("channel")
        assert dict(found.annotate(times=Count("*"))) == {
            "website": 2_233,
            "regulator": 533,
            "hotline": 200,
            "letter": 168,
            "fax": 52,
        }

    def test_transferred_before_received(self) -> None:
        assert FedComplaint.objects.filter(transferred_early=True).count() == 6
