"""The clients feed beside changes of manager made here (docs/decisions/0004)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.care.models import ManagerAssignment
from clients.care.services import take_back
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.clients.care.helpers import assign, hand_over, managers
from tests.clients.feeds.loading import LoadFeed, figures, reasons
from tests.factories.clients import client

HEAD = "client_no,name,branch_code,opened_on,manager_no"


@pytest.fixture
def one(here: Unit, old: User) -> Client:
    return client(client_no="C1", name="张博伟", branch=here, manager=old)


@pytest.fixture
def handed_over(one: Client, old: User, first: User, director: User) -> Client:
    hand_over(old, first, by=director)
    return one


def row(manager: str, client_no: str = "C1", name: str = "张博伟") -> str:
    return f"{client_no},{name},B1,2020-01-02,{manager}"


def states(one: Client) -> list[str]:
    return list(one.assignments.order_by("pk").values_list("state", flat=True))


def test_the_old_manager_is_late_and_changes_nothing(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M0')}")
    assert figures(outcome) == {"rows": 1, "unchanged": 1}
    assert (managers(), states(handed_over)) == ({"C1": "M1"}, ["pending"])


def test_other_columns_of_a_late_row_are_taken(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M0', name='张伯伟')}")
    assert figures(outcome) == {"rows": 1, "updated": 1}
    assert (managers(), states(handed_over)) == ({"C1": "M1"}, ["pending"])
    handed_over.refresh_from_db()
    assert handed_over.name == "张伯伟"


def test_the_new_manager_confirms(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M1')}")
    assert figures(outcome) == {"rows": 1, "unchanged": 1}
    assert (managers(), states(handed_over)) == ({"C1": "M1"}, ["confirmed"])
    assert handed_over.assignments.get().settled_at is not None


def test_once_confirmed_the_core_system_s_word_holds_again(load: LoadFeed, handed_over: Client) -> None:
    load("clients", f"{HEAD}\n{row('M1')}")
    outcome = load("clients", f"{HEAD}\n{row('M0')}")
    assert figures(outcome) == {"rows": 1, "updated": 1}
    assert (managers(), states(handed_over)) == ({"C1": "M0"}, ["confirmed"])


@pytest.mark.parametrize(("said", "then", "warnings"), [("M2", "M2", 0), ("", None, 0), ("M77", None, 1)])
def test_any_other_value_wins(
    load: LoadFeed, handed_over: Client, second: User, said: str, then: str | None, warnings: int
) -> None:
    outcome = load("clients", f"{HEAD}\n{row(said)}")
    assert figures(outcome) == {"rows": 1, "updated": 1} | ({"warnings": 1} if warnings else {})
    assert (managers(), states(handed_over)) == ({"C1": then}, ["superseded"])


def test_a_client_who_had_nobody(load: LoadFeed, here: Unit, first: User, director: User) -> None:
    """The core system knows no manager, or one that is not known here: both are what it said before."""
    one = client(client_no="C1", name="张博伟", branch=here)
    assign(Client.objects.all(), first, by=director)
    for said in ("", "M77"):
        assert load("clients", f"{HEAD}\n{row(said)}").unchanged == 1
    assert (managers(), states(one)) == ({"C1": "M1"}, ["pending"])


@pytest.mark.parametrize("late", ["M0", "M1"])
def test_after_two_changes_both_earlier_managers_are_late(
    load: LoadFeed, handed_over: Client, first: User, second: User, director: User, late: str
) -> None:
    hand_over(first, second, by=director)
    outcome = load("clients", f"{HEAD}\n{row(late)}")
    assert figures(outcome) == {"rows": 1, "unchanged": 1}
    assert (managers(), states(handed_over)) == ({"C1": "M2"}, ["superseded", "pending"])
    load("clients", f"{HEAD}\n{row('M2')}")
    assert states(handed_over) == ["superseded", "confirmed"]


def test_after_a_change_that_was_taken_back(load: LoadFeed, handed_over: Client, director: User) -> None:
    take_back(handover=ManagerAssignment.objects.get().handover, by=director)
    assert load("clients", f"{HEAD}\n{row('M1')}").unchanged == 1
    assert managers() == {"C1": "M0"}
    load("clients", f"{HEAD}\n{row('M0')}")
    assert (managers(), states(handed_over)) == ({"C1": "M0"}, ["superseded", "confirmed"])


def test_a_chain_ends_at_the_core_system_s_word(
    load: LoadFeed, handed_over: Client, first: User, second: User, director: User
) -> None:
    load("clients", f"{HEAD}\n{row('M1')}")
    hand_over(first, second, by=director)
    outcome = load("clients", f"{HEAD}\n{row('M0')}")
    assert (outcome.updated, managers()) == (1, {"C1": "M0"})


def test_a_refused_row_answers_nothing(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\nC1,张博伟,B9,2020-01-02,M1")
    assert outcome.rejected == 1
    assert states(handed_over) == ["pending"]


def test_a_dry_run_answers_nothing_and_finds_the_same(load: LoadFeed, handed_over: Client) -> None:
    assert load("clients", f"{HEAD}\n{row('M1')}", dry_run=True).unchanged == 1
    assert load("clients", f"{HEAD}\n{row('M0')}", dry_run=True).unchanged == 1
    assert states(handed_over) == ["pending"]


def test_a_file_without_the_column_answers_nothing(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", "client_no,name,branch_code,opened_on\nC1,张博伟,B1,2020-01-02")
    assert outcome.unchanged == 1
    assert (managers(), states(handed_over)) == ({"C1": "M1"}, ["pending"])


def test_lines_that_contradict_one_another_are_refused_as_ever(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M0')}\n{row('M1')}")
    assert outcome.rejected == 2
    assert set(reasons(outcome)) == {2, 3}
    assert states(handed_over) == ["pending"]


def test_identical_lines_count_once(load: LoadFeed, handed_over: Client) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M0')}\n{row('M0')}")
    assert figures(outcome) == {"rows": 2, "unchanged": 1, "repeats": 1}
    assert states(handed_over) == ["pending"]


def test_a_director_s_own_file_keeps_to_it_too(load: LoadFeed, handed_over: Client, director: User) -> None:
    outcome = load("clients", f"{HEAD}\n{row('M0')}", by=director)
    assert figures(outcome) == {"rows": 1, "unchanged": 1}
    assert managers() == {"C1": "M1"}


def test_other_clients_of_the_file_are_none_of_its_business(
    load: LoadFeed, handed_over: Client, here: Unit, old: User, second: User
) -> None:
    client(client_no="C2", name="李四", branch=here, manager=old)
    outcome = load("clients", f"{HEAD}\n{row('M0')}\n{row('M2', 'C2', '李四')}\n{row('M0', 'C3', '王五')}")
    assert figures(outcome) == {"rows": 3, "unchanged": 1, "updated": 1, "inserted": 1}
    assert managers() == {"C1": "M1", "C2": "M2", "C3": "M0"}


def test_where_nothing_waits_no_line_is_looked_up(load: LoadFeed, one: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        load("clients", f"{HEAD}\n{row('M0')}")
    said = [query["sql"] for query in queries]
    assert sum("clients_managerassignment" in sql for sql in said) == 1
    assert not any("INSERT INTO waiting" in sql for sql in said)
