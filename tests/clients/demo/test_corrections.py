"""The demo firm has corrections to decide, one to send, and a hand-over that waits for the core system."""

from __future__ import annotations

from clients.care.models import Handover
from clients.corrections.models import Correction
from clients.demo.corrections import MOVED, TAKER
from clients.demo.firm import Firm
from clients.demo.people import LEAVER
from clients.desk.notices import notices_for
from crm.organisation.models import User


def test_corrections_at_every_stage(firm: Firm) -> None:
    states = sorted(Correction.objects.values_list("state", flat=True))
    assert states == ["approved", "proposed", "proposed", "proposed", "rejected"]
    assert not Correction.objects.filter(old_masked="").exists()


def test_clients_changed_hands(firm: Firm) -> None:
    handover = Handover.objects.get()
    assert handover.clients == MOVED
    assert set(handover.assignments.values_list("state", "new_manager__staff_no")) == {("pending", TAKER)}


def test_the_director_finds_them_on_his_home(firm: Firm) -> None:
    director = User.objects.get(staff_no="1103")
    urls = [notice.url for notice in notices_for(director, firm.until)]
    assert urls == [f"/handovers/new/?from={LEAVER}", "/corrections/"]
