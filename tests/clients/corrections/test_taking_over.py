"""The clients feed brings what was asked for: the correction is closed in the same transaction."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.corrections import services, taking_over
from clients.corrections.models import Correction
from clients.profile.models import Client
from crm.events.models import Event
from crm.organisation.models import User
from tests.clients.feeds.loading import LoadFeed, figures
from tests.factories.care import approved, correction
from tests.factories.clients import client

HEAD = "client_no,name,branch_code,opened_on"


def state(one: Client, field: str) -> str:
    return Correction.objects.get(client=one, field=field).state


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("phone", "139 0000 1111", "+8613900001111"),
        ("email", "zhang@example.com", "ZHANG@example.com"),
        ("address", "上海市静安区南京西路1号", "上海市静安区南京西路1号"),
        ("birth_date", "1980-02-29", "1980-02-29"),
        ("gender", "male", "male"),
        ("id_type", "护照", "护照"),
        ("contact_person", "李丽", "李丽"),
    ],
)
def test_each_field(
    load: LoadFeed, one: Client, clerk: User, director: User, field: str, value: str, cell: str
) -> None:
    made = approved(one, clerk, director, value, field)

    load("clients", f"{HEAD},{field}\nC1,张博伟,B1,2020-01-02,{cell}")

    made.refresh_from_db()
    assert made.state == "taken_over"
    assert made.taken_over_at is not None
    assert made.events.order_by("-pgh_id").first().pgh_context["feed"] == "clients"  # type: ignore[attr-defined]
    assert Event.objects.get(name=services.TAKEN_OVER).payload == {"corrections": 1}


def test_a_name(load: LoadFeed, one: Client, clerk: User) -> None:
    correction(one, clerk, "张伯伟", "name")
    load("clients", f"{HEAD}\nC1,张伯伟,B1,2020-01-02")
    assert state(one, "name") == "taken_over"


def test_a_field_that_was_to_be_cleared(load: LoadFeed, one: Client, clerk: User) -> None:
    correction(one, clerk, "")
    load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,")
    assert state(one, "phone") == "taken_over"


def test_another_value_leaves_it_open(load: LoadFeed, one: Client, clerk: User) -> None:
    correction(one, clerk)
    load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13811112222")
    assert state(one, "phone") == "proposed"


def test_only_the_fields_that_the_file_brought(load: LoadFeed, one: Client, clerk: User) -> None:
    other = client(client_no="C2", branch=one.branch)
    for client_, field, value in (
        (one, "phone", "13900001111"),
        (one, "email", "a@b.cn"),
        (other, "phone", "13900001111"),
    ):
        correction(client_, clerk, value, field)

    load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13900001111")

    assert (state(one, "phone"), state(one, "email"), state(other, "phone")) == ("taken_over", "proposed", "proposed")


def test_a_refused_row_and_a_dry_run_take_nothing_over(load: LoadFeed, one: Client, clerk: User) -> None:
    correction(one, clerk)
    outcome = load("clients", f"{HEAD},phone\nC1,张博伟,B9,2020-01-02,13900001111")
    assert outcome.rejected == 1
    load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13900001111", dry_run=True)
    assert state(one, "phone") == "proposed"


def test_what_was_decided_against_stays_so(load: LoadFeed, one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    services.decide_correction(correction=made, approve=False, note="x", by=director)
    load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13900001111")
    assert state(one, "phone") == "rejected"


def test_it_costs_one_query_where_nothing_is_open(one: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert taking_over.take_over(changed="SELECT 1", at=timezone.now()) == 0
    assert len(queries) == 1


def test_the_counts_of_the_file_are_those_of_its_rows(load: LoadFeed, one: Client, clerk: User) -> None:
    correction(one, clerk)
    outcome = load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13900001111")
    assert figures(outcome) == {"rows": 1, "updated": 1}
    again = load("clients", f"{HEAD},phone\nC1,张博伟,B1,2020-01-02,13900001111")
    assert figures(again) == {"rows": 1, "unchanged": 1}
