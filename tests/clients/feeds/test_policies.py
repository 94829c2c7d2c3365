"""Who may load what: the operations centre everything, a branch's operations director what is its own."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from clients.feeds import services
from clients.feeds.models import FeedBatch
from crm.organisation.models import Unit, User
from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows
from tests.clients.feeds.pages.helpers import batch
from tests.factories.clients import client
from tests.factories.people import AppointmentFactory, person
from tests.factories.units import RegionFactory, branch

CLIENTS = "client_no,name,branch_code,opened_on\n"
RECORDS = "record_no,client_no,occurred_at,channel\n"
NOT_YOURS = "“{}” is not a client of your branch; you correct existing clients of your own branch only"


@pytest.fixture
def own(db: None) -> Unit:
    own = branch(code="B1")
    client(client_no="C1", name="张伟", branch=own)
    client(client_no="C2", name="王芳", branch=branch(code="B2"))
    return own


@pytest.fixture
def director(own: Unit) -> User:
    return person("operations_director", own)


def test_operations_centre_loads_everything(db: None) -> None:
    assert services.feeds_of(person("operations_centre")) == [
        "branches", "staff", "clients", "assets", "trades", "cashflows", "alerts", "risk_assessments",
        "service_records", "permission_requests", "complaints",
    ]  # fmt: skip


def test_operations_director_loads_two_feeds(director: User) -> None:
    assert services.feeds_of(director) == ["clients", "service_records"]


@pytest.mark.parametrize(
    "role", ["customer_manager", "general_manager", "region_head", "compliance", "administrator", "auditor", None]
)
def test_others_load_nothing(db: None, load: LoadFeed, role: str | None) -> None:
    user = person(role)
    assert services.feeds_of(user) == []
    with pytest.raises(PermissionDenied, match="none of your roles includes it"):
        load("assets", "client_no,date,cash,securities\n", by=user)
    assert not FeedBatch.objects.exists()


def test_director_is_told_that_a_feed_is_not_his(load: LoadFeed, director: User) -> None:
    with pytest.raises(PermissionDenied, match="this feed is for others"):
        load("assets", "client_no,date,cash,securities\n", by=director)


def test_director_corrects_clients_of_his_branch(load: LoadFeed, director: User) -> None:
    outcome = load("clients", CLIENTS + "C1,张大伟,B1,2020-01-02\n", by=director)
    assert figures(outcome) == {"rows": 1, "updated": 1}
    assert outcome.batch is not None
    assert outcome.batch.by == director


@pytest.mark.parametrize(
    ("row", "client_no"),
    [
        ("C2,王芳芳,B2,2020-01-02", "C2"),  # another branch's
        ("C2,王芳芳,B1,2020-01-02", "C2"),  # to be moved here
        ("C1,张伟,B2,2020-01-02", "C1"),  # to be moved away
        ("C3,新客户,B1,2020-01-02", "C3"),  # new
        ("C2,王芳,B2,2020-01-02", "C2"),  # another branch's, and equal to what is stored
    ],
)
def test_director_reaches_no_others(load: LoadFeed, director: User, row: str, client_no: str) -> None:
    before = rows("SELECT client_no, name, branch_id FROM clients_client ORDER BY 1")
    outcome = load("clients", CLIENTS + row + "\n", by=director)
    assert figures(outcome) == {"rows": 1, "rejected": 1}
    assert reasons(outcome)[2] == ("client_no", NOT_YOURS.format(client_no))
    assert rows("SELECT client_no, name, branch_id FROM clients_client ORDER BY 1") == before


def test_director_loads_service_records_of_his_clients(load: LoadFeed, director: User) -> None:
    text = RECORDS + "R1,C1,2026-11-20,visit\nR2,C2,2026-11-20,visit\nR3,,2026-11-20,visit\nR4,C9,2026-11-20,visit\n"
    outcome = load("service_records", text, by=director)
    assert figures(outcome) == {"rows": 4, "inserted": 1, "rejected": 3}
    told = {line: column for line, (column, _reason) in reasons(outcome).items()}
    assert told == {3: "client_no", 4: "client_no", 5: "client_no"}
    known, unknown = (reasons(outcome)[line][1] for line in (3, 5))
    assert known.replace("C2", "C9") == unknown, "whether a client exists elsewhere is not told"


def test_director_does_not_take_over_anothers_record(load: LoadFeed, director: User) -> None:
    load("service_records", RECORDS + "R1,C2,2026-11-20,visit\n")
    outcome = load("service_records", RECORDS + "R1,C1,2026-11-20,phone\n", by=director)
    assert figures(outcome) == {"rows": 1, "rejected": 1}
    assert rows("SELECT channel FROM clients_servicerecord") == [("visit",)]


def test_director_needs_the_column_by_which_it_is_decided(load: LoadFeed, director: User) -> None:
    with pytest.raises(services.FeedRefused, match="required column is missing: client_no"):
        load("service_records", "record_no,occurred_at,channel\nR1,2026-11-20,visit\n", by=director)


def test_other_roles_elsewhere_widen_nothing(load: LoadFeed, own: Unit) -> None:
    """Head of the other branch's region, operations director here: corrections are for this branch."""
    user = person("operations_director", own)
    region = RegionFactory()
    Unit.objects.filter(code="B2").update(parent=region)
    AppointmentFactory(user=user, unit=region, role="region_head")
    outcome = load("clients", CLIENTS + "C1,张大伟,B1,2020-01-02\nC2,王大芳,B2,2020-01-02\n", by=user)
    assert figures(outcome) == {"rows": 2, "updated": 1, "rejected": 1}


def test_batches_are_seen_by_those_who_see_all_clients(director: User) -> None:
    theirs, own = batch(), batch(by=director)
    for role in ("operations_centre", "compliance", "auditor"):
        assert set(FeedBatch.objects.visible_to(person(role))) == {theirs, own}


def test_batches_of_a_branch_are_seen_in_that_branch(director: User, own: Unit) -> None:
    batch()
    brought = batch(by=director)
    batch(by=person("operations_director"))
    assert list(FeedBatch.objects.visible_to(director)) == [brought]
    assert list(FeedBatch.objects.visible_to(person("general_manager", own))) == [brought]
    assert list(FeedBatch.objects.visible_to(person("education_editor"))) == []
