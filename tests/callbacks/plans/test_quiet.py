"""Whoever was reached is not called for less until the quiet period is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callbacks.calls.models import Call
from callbacks.plans.quiet import put_off_lesser
from clients.profile.models import Client
from crm.events.services import deliver_event, publish
from crm.worktime.arithmetic import SHANGHAI
from tests.factories.calls import CallFactory, OutcomeCodeFactory, PlanFactory, ReasonFactory
from tests.factories.clients import WishesFactory, client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)  # a Tuesday
DUE = dt.datetime(2026, 12, 31, 20, 0, tzinfo=SHANGHAI)


@pytest.fixture
def one() -> Client:
    return client()


def reached(whose: Client, **fields: Any) -> Call:
    usual = {"state": "done", "ready": False, "reached": True, "ended_at": NOW, "rank": 10}
    made: Call = CallFactory(client=whose, **usual | fields)
    return made


def waits(whose: Client, quiet_days: int = 7, due_at: dt.datetime = DUE, **fields: Any) -> Call:
    made: Call = CallFactory(client=whose, due_at=due_at, **{"rank": 60} | fields)
    ReasonFactory(call=made, plan=PlanFactory(quiet_days=quiet_days))
    return made


def when(call: Call) -> tuple[bool, dt.datetime | None]:
    call.refresh_from_db()
    return call.ready, call.not_before


def test_what_is_less_urgent_waits_until_the_period_is_over(one: Client) -> None:
    lesser, same, other = waits(one), waits(one, rank=10), waits(client())
    done = reached(one)
    assert put_off_lesser(call=done, at=NOW) == 1
    assert when(lesser) == (False, dt.datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI))
    assert put_off_lesser(call=done, at=NOW) == 0
    assert when(same) == when(other) == (True, None)


def test_never_past_its_due(one: Client) -> None:
    soon = waits(one, due_at=dt.datetime(2026, 11, 27, 20, 0, tzinfo=SHANGHAI))
    at_once = waits(one, due_at=dt.datetime(2026, 11, 24, 20, 0, tzinfo=SHANGHAI))
    put_off_lesser(call=reached(one), at=NOW)
    assert when(soon) == (False, dt.datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI))
    assert when(at_once) == (True, None)


def test_a_reason_without_quiet_period_is_not_put_off(one: Client) -> None:
    call = waits(one)
    ReasonFactory(call=call, plan=PlanFactory(quiet_days=0))
    put_off_lesser(call=reached(one), at=NOW)
    assert when(call) == (True, None)


def test_appointments_and_later_dates_stay(one: Client) -> None:
    tomorrow, later = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=20)
    agreed = waits(one, ready=False, not_before=tomorrow, outcome=OutcomeCodeFactory(code="reschedule", reached=True))
    put_off = waits(one, ready=False, not_before=later)
    missed = waits(one, ready=False, not_before=tomorrow)
    put_off_lesser(call=reached(one), at=NOW)
    assert when(agreed) == (False, tomorrow)
    assert when(put_off) == (False, later)
    assert when(missed) == (False, dt.datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI))


def test_within_his_own_hours_and_held_calls_stay_held(one: Client) -> None:
    WishesFactory(client=one, call_from=dt.time(18), call_until=dt.time(19))
    call, held = waits(one), waits(one, hold="nobody")
    put_off_lesser(call=reached(one), at=NOW)
    assert when(call) == (False, dt.datetime(2026, 12, 1, 18, 0, tzinfo=SHANGHAI))
    assert when(held) == (False, dt.datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI))


def test_the_event_does_it_for_who_was_reached(one: Client, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    call = waits(one)
    for is_reached, ready in ((False, True), (True, False)):
        done = reached(one, reached=is_reached)
        deliver_event(publish("call.finished", {"call": done.pk, "client": one.pk, "reached": is_reached}).pk)
        assert when(call)[0] is ready
