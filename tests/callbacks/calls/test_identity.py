"""The identity check says match or no match, never what is stored."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from callbacks.calls.answers import save_answer
from callbacks.calls.attempts import begin_attempt
from callbacks.calls.holding import NotHeld
from callbacks.calls.identity import Proof, check_identity, tries_left
from callbacks.calls.models import Call
from callbacks.calls.outcomes import Ending, finish
from clients.profile.additions import add_phone
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.callbacks.held import MORNING, QUESTIONS, Given, code
from tests.factories.calls import ScriptVersionFactory
from tests.factories.clients import ClientFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("proof", "digits", "expected"),
    [
        (Proof.ID_NUMBER, "1234", "match"),
        (Proof.ID_NUMBER, "０１１２３４", "match"),  # typed full-width
        (Proof.ID_NUMBER, "4321", "no_match"),
        (Proof.ID_NUMBER, "991234", "no_match"),
        (Proof.PHONE, "6021", "match"),
        (Proof.PHONE, "138 0013 6021", "match"),
        (Proof.PHONE, "6022", "no_match"),
    ],
)
def test_it_compares(held: Given, clerk: User, proof: Proof, digits: str, expected: str) -> None:
    call = held()
    assert check_identity(call=call, proof=proof, digits=digits, by=clerk) == expected
    assert Call.objects.get(pk=call.pk).identity == expected
    step = Transition.objects.get(object_id=call.pk, verb="identify")
    assert step.details["result"] == expected
    assert digits not in str(step.details), "what was typed is kept nowhere"


def test_an_id_number_that_ends_in_x(held: Given, clerk: User, branch: Unit) -> None:
    call = held(client=ClientFactory(branch=branch, id_number="11010119900101123x"))
    assert check_identity(call=call, proof=Proof.ID_NUMBER, digits="123x", by=clerk) == "match"


def test_a_further_phone_counts(held: Given, clerk: User) -> None:
    call = held()
    assert call.client is not None
    add_phone(client=call.client, phone="139 1111 2222", remark="", by=clerk)
    assert check_identity(call=call, proof=Proof.PHONE, digits="2222", by=clerk) == "match"


@pytest.mark.parametrize("digits", ["", "123", "12345", "abcd", "12 3", "XXXX", "1234567"])
def test_digits_of_another_length_are_no_try(held: Given, clerk: User, digits: str) -> None:
    call = held()
    with pytest.raises(ValidationError):
        check_identity(call=call, proof=Proof.ID_NUMBER, digits=digits, by=clerk)
    assert tries_left(call) == 3


def test_nobody_guesses_on(held: Given, clerk: User) -> None:
    call = held()
    for digits in ("0000", "0001", "0002"):
        check_identity(call=call, proof=Proof.ID_NUMBER, digits=digits, by=clerk)
    with pytest.raises(ValidationError) as refused:
        check_identity(call=call, proof=Proof.ID_NUMBER, digits="1234", by=clerk)
    assert refused.value.code == "tries"
    assert Call.objects.get(pk=call.pk).identity == "no_match"


def test_only_who_holds_the_call(held: Given, branch: Unit) -> None:
    with pytest.raises(NotHeld):
        check_identity(call=held(), proof=Proof.PHONE, digits="6021", by=person("callback_clerk", branch))


def test_nothing_stored_is_said(held: Given, clerk: User, branch: Unit) -> None:
    call = held(client=ClientFactory(branch=branch, id_number=""))
    with pytest.raises(ValidationError):
        check_identity(call=call, proof=Proof.ID_NUMBER, digits="1234", by=clerk)
    assert tries_left(call) == 3


def test_each_conversation_finds_out_anew_who_it_is(held: Given, clerk: User) -> None:
    call = held()
    check_identity(call=call, proof=Proof.PHONE, digits="6021", by=clerk)
    begin_attempt(call=call, by=clerk, at=MORNING)
    assert Call.objects.get(pk=call.pk).identity == ""
    check_identity(call=call, proof=Proof.PHONE, digits="6021", by=clerk)
    assert finish(call=call, outcome=code("reschedule"), by=clerk, at=MORNING).identity == ""


@pytest.mark.parametrize(("digits", "asks", "review"), [("6022", False, True), ("6021", True, False), ("", True, True)])
def test_complete_without_knowing_who_it_is_goes_to_review(
    held: Given, clerk: User, digits: str, asks: bool, review: bool
) -> None:
    call = held(kind="core", reason={"kind": "core"})
    if asks:
        opening = QUESTIONS["questions"][0] | {"topic": "identity"}
        asking = ScriptVersionFactory(content={"questions": [opening, *QUESTIONS["questions"][1:]]})
        Call.objects.filter(pk=call.pk).update(script_versions=[asking.pk])
    begin_attempt(call=call, by=clerk, at=MORNING)
    if digits:
        check_identity(call=call, proof=Proof.PHONE, digits=digits, by=clerk)
    for question, value in (("opening", "read"), ("own_wish", "yes"), ("satisfied", 5)):
        save_answer(call=call, question=question, value=value, by=clerk)
    done = finish(call=call, outcome=code("complete"), ending=Ending(no_recording="无"), by=clerk, at=MORNING)
    assert (done.to_review == "未确认客户身份") is review
