"""A claimed call goes back with everything that was written in it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from callbacks.calls.choices import CallState
from callbacks.calls.models import Answer, Call
from callbacks.calls.workflow import NAME
from callbacks.queue.claiming import next_call
from callbacks.queue.giving_back import release_call, renew_lease, skip_call
from callbacks.queue.models import Skip
from callbacks.queue.sweeping import forget_passed, sweep
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.callbacks.queue.conftest import MORNING
from tests.factories.calls import AttemptFactory, CallFactory, ScriptVersionFactory, claimed
from tests.factories.clients import ClientFactory, WishesFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def mine(clerk: User, branch: Unit) -> Call:
    call = claimed(clerk, at=MORNING, client=ClientFactory(branch=branch), note="客户在开会")
    Answer.objects.create(
        call=call, version=ScriptVersionFactory(), question="own_wish", value="yes", at=MORNING, by=clerk
    )
    return call


def test_a_released_call_keeps_its_draft_and_is_open_to_others(branch: Unit, clerk: User) -> None:
    call = mine(clerk, branch)
    back = release_call(call=call, by=clerk, at=MORNING + MINUTE)
    assert back.state == CallState.WAITING
    assert back.claimed_by is None
    assert back.lease_until is None
    assert back.ready
    assert back.note == "客户在开会"
    assert back.answers.get().value == "yes"
    other = person("callback_clerk", branch)
    assert next_call(by=other, at=MORNING + MINUTE) == call


def test_skipping_needs_a_reason_is_counted_and_gives_the_call_to_others(branch: Unit, clerk: User) -> None:
    call = mine(clerk, branch)
    for reason, note in (("", ""), ("other", " ")):
        with pytest.raises(ValidationError):
            skip_call(call=call, reason=reason, note=note, by=clerk, at=MORNING)
    skip_call(call=call, reason="language", by=clerk, at=MORNING)
    assert Skip.objects.get().by == clerk
    assert Call.objects.get().skips == 1
    assert next_call(by=clerk, at=MORNING) is None
    assert next_call(by=person("callback_clerk", branch), at=MORNING) == call


def test_tomorrow_he_may_be_given_it_again(branch: Unit, clerk: User) -> None:
    call = mine(clerk, branch)
    skip_call(call=call, reason="language", by=clerk, at=MORNING)
    assert forget_passed(at=MORNING) == 1
    assert next_call(by=clerk, at=MORNING) == call


def test_who_knows_the_client_is_not_given_him_tomorrow_either(branch: Unit, clerk: User) -> None:
    skip_call(call=mine(clerk, branch), reason="acquainted", by=clerk, at=MORNING)
    forget_passed(at=MORNING)
    assert next_call(by=clerk, at=MORNING) is None


@pytest.mark.parametrize("give_back", [release_call, lambda **kw: skip_call(reason="shift", **kw)])
def test_only_the_holder_gives_back_and_not_while_he_speaks(branch: Unit, clerk: User, give_back: object) -> None:
    call = mine(clerk, branch)
    with pytest.raises(PermissionDenied):
        give_back(call=call, by=person("callback_clerk", branch), at=MORNING)  # type: ignore[operator]
    renew_lease(call=call, by=clerk, live=True, at=MORNING)
    with pytest.raises(ValidationError):
        give_back(call=call, by=clerk, at=MORNING)  # type: ignore[operator]


def test_work_renews_the_lease_and_the_line_holds_it(branch: Unit, clerk: User) -> None:
    call = mine(clerk, branch)
    assert renew_lease(call=call, by=clerk, at=MORNING + 20 * MINUTE)
    assert sweep(at=MORNING + 45 * MINUTE)["expired"] == 0
    assert renew_lease(call=call, by=clerk, live=True, at=MORNING + 45 * MINUTE)
    assert sweep(at=MORNING + 190 * MINUTE)["expired"] == 0
    renew_lease(call=call, by=clerk, live=False, at=MORNING + 300 * MINUTE)
    assert sweep(at=MORNING + 331 * MINUTE) == {"expired": 1, "opened": 1, "placed": 0}
    assert not renew_lease(call=call, by=clerk, at=MORNING)
    step = Transition.objects.of(call, NAME).last()
    assert step is not None
    assert (step.verb, step.by, step.details) == ("expire", None, {"holder": clerk.pk})


def test_a_try_that_was_left_behind_ends_with_its_lease(branch: Unit, clerk: User) -> None:
    """The browser died in the middle of a try: hours later the call is somebody else's, and his try is a new one."""
    call = mine(clerk, branch)
    left = AttemptFactory(call=call, by=clerk, started_at=MORNING)
    renew_lease(call=call, by=clerk, live=True, at=MORNING)
    assert sweep(at=MORNING + 140 * MINUTE)["expired"] == 0
    later = MORNING + 151 * MINUTE
    assert sweep(at=later)["expired"] == 1
    left.refresh_from_db()
    call.refresh_from_db()
    assert (left.ended_at, call.live) == (later, False)


def test_calls_open_when_they_may_be_dialled(branch: Unit) -> None:
    usual = CallFactory(ready=False, not_before=MORNING + MINUTE)
    held = CallFactory(ready=False, hold="opt_out", not_before=MORNING)
    assert sweep(at=MORNING)["opened"] == 0
    assert sweep(at=MORNING + MINUTE)["opened"] == 1
    usual.refresh_from_db()
    held.refresh_from_db()
    assert (usual.ready, held.ready) == (True, False)


def test_a_clients_own_hours_open_and_close_his_call(branch: Unit) -> None:
    """A Saturday morning that the client asked for: in on the hour, out when it is over, in again a week later."""
    client = ClientFactory(branch=branch)
    WishesFactory(client=client, call_days="rest", call_from=dt.time(10), call_until=dt.time(11))
    call = CallFactory(client=client, ready=False, own_hours=True, not_before=MORNING)
    assert sweep(at=MORNING)["placed"] == 1
    call.refresh_from_db()
    saturday = dt.datetime(2026, 11, 28, 2, tzinfo=dt.UTC)
    assert (call.ready, call.not_before) == (False, saturday)
    sweep(at=saturday)
    call.refresh_from_db()
    assert (call.ready, call.closes_at) == (True, saturday + dt.timedelta(hours=1))
    sweep(at=saturday + dt.timedelta(hours=1))
    call.refresh_from_db()
    assert (call.ready, call.not_before) == (False, saturday + dt.timedelta(days=1))


def test_the_database_refuses_a_state_without_its_step(branch: Unit, clerk: User) -> None:
    call = mine(clerk, branch)
    for change in ({"state": "waiting", "claimed_by": None, "lease_until": None}, {"rank": 1}, {"assignee": clerk}):
        with pytest.raises(DatabaseError, match="no step leads"), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**change)
    Call.objects.filter(pk=call.pk).update(note="不改状态", tries=2)
