"""The factories every test stands on make rows that the database takes."""

from __future__ import annotations

import datetime as dt

import pytest

from clients.ledger.models import AssetSnapshot, CashFlow, Trade
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.access.roles import ROLES
from crm.personal.hide import look_up
from crm.personal.seal import unseal
from tests.factories import clients, ledger, people

pytestmark = pytest.mark.django_db


def test_client_is_stored_hidden() -> None:
    made = clients.client(name="单雄信", phone="138 1234 1234", id_number="11010119900101123x")
    assert made.phone_masked == "138****1234"
    assert unseal(made.phone_sealed or b"", purpose="client.phone") == "138 1234 1234"
    assert bytes(made.phone_digest or b"") == look_up("+86-13812341234", purpose="client.phone")
    assert made.id_number_masked == "1" + "*" * 16 + "x"
    assert made.email_sealed is None
    assert made.email_masked == ""
    assert made.name_initials == ["sxx", "dxx"]


def test_every_fact_finds_its_partition() -> None:
    made = clients.client()
    for day in (dt.date(1994, 3, 30), dt.date(2026, 11, 22)):
        ledger.AssetSnapshotFactory(client=made, day=day, cash="100.00")
        ledger.TradeFactory(client=made, day=day)
        ledger.CashFlowFactory(client=made, day=day)
    assert [model.objects.count() for model in (AssetSnapshot, Trade, CashFlow)] == [2, 2, 2]


def test_files_beside_the_client() -> None:
    assessment = clients.RiskAssessmentFactory(level="C4")
    clients.WishesFactory(client=assessment.client)
    clients.PermissionRequestFactory(client=assessment.client)
    clients.ServiceRecordFactory(client=assessment.client)
    ledger.AlertFactory(client=assessment.client)
    assert Standing.objects.get(client=assessment.client).risk_level == "C4"


@pytest.mark.parametrize("role", ROLES)
def test_a_person_of_every_role(role: str) -> None:
    user = people.person(role)
    assert user.check_password(people.PASSWORD)
    assert user.get_all_permissions() == set(ROLES[role].permissions)
    assert not Client.objects.visible_to(user).exists()


def test_a_stand_in_acts_today() -> None:
    head = people.person("general_manager")
    deputy = people.person("counter_clerk")
    people.StandInFactory(absent=head, deputy=deputy)
    assert deputy.has_perm("clients.reveal_personal")
