"""Tries: within the hours, one at a time, by hand or as the telephone system tells in whatever order."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from callbacks.calls.attempts import begin_attempt, end_attempt, note_telephony
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Attempt, Call
from clients.profile.additions import add_phone
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, NIGHT, Given
from tests.factories.clients import WishesFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def test_a_try_by_hand(held: Given, clerk: User) -> None:
    call = held()
    begun = begin_attempt(call=call, by=clerk, at=MORNING)
    assert (begun.number, begun.phone_masked, begun.form) == (1, "138****6021", "phone")
    assert Call.objects.get(pk=call.pk).live, "the lease does not run out on the line"
    ended = end_attempt(call=call, by=clerk, at=MORNING + 2 * MINUTE)
    assert ended is not None
    assert (ended.talk_seconds, ended.ended_at) == (120, MORNING + 2 * MINUTE)
    assert not Call.objects.get(pk=call.pk).live


def test_pressed_twice_it_is_one_try(held: Given, clerk: User) -> None:
    call = held()
    first, again = (begin_attempt(call=call, by=clerk, at=MORNING) for _click in range(2))
    assert first == again
    assert end_attempt(call=call, by=clerk, at=MORNING) == first
    assert end_attempt(call=call, by=clerk, at=MORNING) is None


def test_a_further_number(held: Given, clerk: User) -> None:
    call = held()
    assert call.client is not None
    phone = add_phone(client=call.client, phone="13911112222", remark="", by=clerk)
    assert begin_attempt(call=call, phone=str(phone.pk), by=clerk, at=MORNING).phone_masked == "139****2222"


def test_an_unknown_number_is_refused(held: Given, clerk: User) -> None:
    with pytest.raises(ValidationError):
        begin_attempt(call=held(), phone="999999", by=clerk, at=MORNING)


def test_at_three_in_the_night_only_an_urgent_check_with_a_reason(held: Given, clerk: User) -> None:
    lesser = held(kind="core", reason={"kind": "core"})
    with pytest.raises(PermissionDenied):
        begin_attempt(call=lesser, out_of_hours="急", by=clerk, at=NIGHT)
    urgent = held()
    with pytest.raises(ValidationError) as refused:
        begin_attempt(call=urgent, by=clerk, at=NIGHT)
    assert "out_of_hours" in refused.value.message_dict
    assert begin_attempt(call=urgent, out_of_hours="客户账户疑似被盗用", by=clerk, at=NIGHT).out_of_hours


def test_the_clients_own_hours_come_first(held: Given, clerk: User) -> None:
    call = held(kind="core", reason={"kind": "core"})
    WishesFactory(client=call.client, call_from=dt.time(19), call_until=dt.time(20))
    with pytest.raises(PermissionDenied):
        begin_attempt(call=Call.objects.get(pk=call.pk), by=clerk, at=MORNING)
    evening = MORNING.replace(hour=11, minute=30)
    assert begin_attempt(call=Call.objects.get(pk=call.pk), by=clerk, at=evening)


def test_who_wants_no_calls_is_not_called(held: Given, clerk: User) -> None:
    call = held()
    WishesFactory(client=call.client, opt_outs=["phone"])
    with pytest.raises(PermissionDenied):
        begin_attempt(call=Call.objects.get(pk=call.pk), by=clerk, at=MORNING)


def test_nobody_else_tries(held: Given, branch: Unit) -> None:
    with pytest.raises(NotHeld):
        begin_attempt(call=held(), by=person("callback_clerk", branch), at=MORNING)


@pytest.mark.parametrize("order", itertools.permutations(["started", "answered", "ended"]))
def test_the_telephone_system_may_tell_in_any_order_and_twice(held: Given, clerk: User, order: tuple[str, ...]) -> None:
    call = held()
    begin_attempt(call=call, telephony_ref="pbx-7", by=clerk, at=MORNING)
    instants = {"started": MORNING, "answered": MORNING + MINUTE, "ended": MORNING + 3 * MINUTE}
    for kind in (*order, *order):
        note_telephony(ref="pbx-7", kind=kind, at=instants[kind], hold_seconds=20)
    attempt = Attempt.objects.get(telephony_ref="pbx-7")
    assert (attempt.answered_at, attempt.ended_at) == (instants["answered"], instants["ended"])
    assert (attempt.talk_seconds, attempt.hold_seconds) == (120, 20)
    assert not Call.objects.get(pk=call.pk).live


def test_an_unknown_reference_is_nobodys(held: Given, clerk: User) -> None:
    begin_attempt(call=held(), by=clerk, at=MORNING)
    assert note_telephony(ref="", kind="ended", at=MORNING) is None
    assert note_telephony(ref="pbx-9", kind="ended", at=MORNING) is None
