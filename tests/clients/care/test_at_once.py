"""A hand-over while clients are imported, two at the same moment: nothing is lost, nothing is done twice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from clients.care.models import Handover, ManagerAssignment
from clients.care.services import take_back
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.organisation.models import Unit, User
from tests.clients.care.at_once import Elsewhere, row_held, wait_until_waiting
from tests.clients.care.helpers import hand_over, managers
from tests.clients.feeds.loading import LoadFeed, loader
from tests.factories.care import promise
from tests.factories.clients import client
from tests.factories.units import branch

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "client_no,name,branch_code,opened_on,manager_no\n"
FILE = HEAD + "".join(f"C{n},新名{n},B1,2020-01-02,M0\n" for n in range(1, 6))
ALL_NEW = dict.fromkeys(["C1", "C2", "C3", "C4", "C5"], "M1")


@pytest.fixture
def load(tmp_path: Path) -> LoadFeed:
    return loader(tmp_path)


@pytest.fixture
def here(transactional_db: None) -> Unit:
    return branch(code="B1")


@pytest.fixture
def five(here: Unit, old: User) -> list[Client]:
    return [client(client_no=f"C{n}", branch=here, manager=old) for n in range(1, 6)]


def everything() -> set[tuple[Any, ...]]:
    rows = Client.objects.values_list("name", "manager__staff_no", "standing__manager_id")
    return {
        (name[:2], staff_no, standing == User.objects.get(staff_no=staff_no).pk) for name, staff_no, standing in rows
    }


def test_a_hand_over_that_comes_during_an_import(
    load: LoadFeed, five: list[Client], old: User, first: User, director: User
) -> None:
    """The import has compared the file, which names the old manager, and writes it: the hand-over waits for that."""
    with row_held("clients_client", five[0].pk):
        importing = Elsewhere(lambda: load("clients", FILE))
        wait_until_waiting(1)
        handing = Elsewhere(lambda: hand_over(old, first, by=director))
        wait_until_waiting(1, "advisory")
        assert set(managers().values()) == {"M0"}

    assert importing.end().updated == 5
    assert handing.end().handover.clients == 5
    assert managers() == ALL_NEW
    assert everything() == {("新名", "M1", True)}
    assert ManagerAssignment.objects.filter(state="pending").count() == 5
    assert load("clients", FILE).unchanged == 5
    assert managers() == ALL_NEW


def test_an_import_that_comes_during_a_hand_over(
    load: LoadFeed, five: list[Client], old: User, first: User, director: User
) -> None:
    """The import compares once the hand-over is done, so that the old manager in its file is known to be late."""
    with row_held("clients_client", five[4].pk):
        handing = Elsewhere(lambda: hand_over(old, first, by=director))
        wait_until_waiting(1)
        importing = Elsewhere(lambda: load("clients", FILE))
        wait_until_waiting(1, "advisory")

    assert handing.end().handover.clients == 5
    assert importing.end().updated == 5
    assert everything() == {("新名", "M1", True)}
    assert ManagerAssignment.objects.filter(state="pending").count() == 5


def test_the_same_form_sent_twice_at_once(five: list[Client], old: User, first: User, director: User) -> None:
    promise(five[0], old)
    with row_held("clients_client", five[0].pk):
        both = [Elsewhere(lambda: hand_over(old, first, by=director, key="k")) for _ in range(2)]
        wait_until_waiting(2)
    one, other = (work.end().handover for work in both)
    assert one.pk == other.pk
    assert Handover.objects.get().follow_ups == 1
    assert ManagerAssignment.objects.count() == 5


def test_two_hand_overs_of_the_same_clients(
    five: list[Client], old: User, first: User, second: User, director: User
) -> None:
    """The second finds what the first left: nobody's clients any more."""
    with row_held("clients_client", five[0].pk):
        both = [Elsewhere(partial(hand_over, old, to, by=director)) for to in (first, second)]
        wait_until_waiting(2)
    moved = sorted(work.end().handover.clients for work in both)
    assert moved == [0, 5]
    assert ManagerAssignment.objects.count() == 5
    assert Standing.objects.exclude(manager=old).count() == 5


def test_taken_back_by_two_at_once(five: list[Client], old: User, first: User, director: User) -> None:
    handover = hand_over(old, first, by=director).handover
    with row_held("clients_client", five[0].pk):
        both = [Elsewhere(lambda: take_back(handover=handover, by=director)) for _ in range(2)]
        wait_until_waiting(2)
    refused = 0
    for work in both:
        try:
            work.end()
        except ValidationError:
            refused += 1
    assert refused == 1
    assert set(managers().values()) == {"M0"}
    assert Handover.objects.count() == 2
