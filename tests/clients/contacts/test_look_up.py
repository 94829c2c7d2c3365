"""The look-up: exact numbers alone, in any scope, masked, logged; its pass is good for one person and one hour."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from clients.contacts.look_up import client_of_pass, find_caller
from clients.profile.models import Client
from crm.audit.models import ReadLog
from crm.organisation.models import User
from tests.factories.clients import ExtraPhoneFactory, client
from tests.factories.people import person

pytestmark = pytest.mark.django_db
ID_NUMBER = "11010119900101123X"


@pytest.fixture
def elsewhere(db: None) -> User:
    return person("counter_clerk")


@pytest.fixture
def known(someone: Client) -> Client:
    return client(client_no="10800002", name="王小红", branch=someone.branch, id_number=ID_NUMBER, phone="13900001111")


@pytest.mark.parametrize(
    "words",
    ["10800002", "1080 0002", "13900001111", "139-0000-1111", "+86 139 0000 1111", ID_NUMBER, ID_NUMBER.lower()],
)
def test_whole_numbers_find_a_masked_card(known: Client, elsewhere: User, words: str) -> None:
    (card,) = find_caller(words, by=elsewhere)

    assert (card.number, card.name, card.branch, card.in_scope) == ("10800002", "王**", known.branch.name, False)
    assert "王小红" not in repr(card)


@pytest.mark.parametrize(
    "words", ["1080", "108000", "1111", "9000011", "王小红", "wxh", "%", "' OR 1=1 --", "😀", "x" * 500, "\0"]
)
def test_parts_and_names_find_nobody(known: Client, elsewhere: User, words: str) -> None:
    assert find_caller(words, by=elsewhere) == []


def test_further_phones_and_shared_ones(known: Client, someone: Client, elsewhere: User) -> None:
    ExtraPhoneFactory(client=known, phone="13812341234")
    assert [card.number for card in find_caller("13812341234", by=elsewhere)] == ["10800001", "10800002"]


def test_every_look_up_is_logged_masked(known: Client, elsewhere: User) -> None:
    find_caller("13900001111", by=elsewhere)
    find_caller("13999999999", by=elsewhere)

    found, missed = ReadLog.objects.order_by("pk")
    assert (found.by, found.kind, found.subject_no, found.rows) == (elsewhere, "search", "10800002", 1)
    assert found.reason == "139****1111"
    assert (missed.subject_no, missed.rows, missed.reason) == ("", 0, "139****9999")


def test_in_scope_it_says_so(known: Client, clerk: User) -> None:
    assert find_caller("10800002", by=clerk)[0].in_scope


def test_who_may(known: Client) -> None:
    for role in ("region_head", "auditor", "administrator"):
        with pytest.raises(PermissionDenied):
            find_caller("10800002", by=person(role))


def test_the_pass(known: Client, elsewhere: User, clerk: User) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC), tick=False) as clock:
        (card,) = find_caller("10800002", by=elsewhere)
        assert client_of_pass(card.number_pass, by=elsewhere) == known
        assert client_of_pass(card.number_pass, by=clerk) is None
        assert client_of_pass(card.number_pass + "x", by=elsewhere) is None
        assert client_of_pass("", by=elsewhere) is None
        clock.shift(dt.timedelta(minutes=61))
        assert client_of_pass(card.number_pass, by=elsewhere) is None
