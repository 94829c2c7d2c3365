"""What a client's wishes forbid, and what follows when they change."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from django.db import connection

from callbacks.calls.choices import Form, Hold, ReasonKind
from callbacks.calls.models import Call
from callbacks.queue.wishes import follow_wishes, forbids, forbids_sql
from clients.profile.models import Client, ClientWishes
from clients.profile.wishes import FIELDS, update_wishes
from crm.events.models import Event
from crm.events.services import deliver_event
from crm.organisation.models import Unit
from crm.workflow.models import Transition
from tests.callbacks.queue.conftest import MORNING
from tests.factories.calls import CallFactory, claimed
from tests.factories.clients import WishesFactory, client
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(branch: Unit) -> Client:
    return client(branch=branch, phone="13800136021")


def wants(whose: Client, **fields: object) -> None:
    ClientWishes.objects.filter(client=whose).delete()
    WishesFactory(client=whose, **fields)


def steps(call: Call) -> list[str]:
    return list(Transition.objects.of(call, "callbacks.call").values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("opt_outs", "kind", "regulated", "held"),
    [
        (["phone"], "movement", True, True),
        (["marketing"], "movement", True, False),
        (["marketing"], "complaint_answered", False, False),
        (["marketing"], "core", False, True),
        (["marketing"], "core", True, False),
        (["marketing"], "assigned", False, True),
        (["sms", "email"], "core", False, False),
    ],
)
def test_no_calls_binds_all_no_marketing_the_courtesy_ones(
    opt_outs: list[str], kind: str, regulated: bool, held: bool
) -> None:
    assert forbids(opt_outs, kind=kind, regulated=regulated) is held


def test_the_rule_in_sql_is_the_same() -> None:
    condition = forbids_sql(opt_outs="%s::text[]", kind="%s", regulated="%s")
    for opt_outs, kind, regulated in product(
        ([], ["phone"], ["marketing"], ["marketing", "sms"]), ReasonKind.values, (True, False)
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {condition}", [opt_outs, opt_outs, regulated, kind])
            assert cursor.fetchone() == (forbids(opt_outs, kind=kind, regulated=regulated),)


def test_a_new_opt_out_holds_what_waits_and_taking_it_back_frees_it(one: Client) -> None:
    call = CallFactory(client=one, kind="core", regulated=False)
    check = CallFactory(client=one, kind="complaint_answered", regulated=False)

    wants(one, opt_outs=["marketing"])
    assert follow_wishes(client=one.pk, at=MORNING) == 1
    assert follow_wishes(client=one.pk, at=MORNING) == 0
    call.refresh_from_db()
    check.refresh_from_db()
    assert (call.hold, call.ready, steps(call)) == (Hold.OPT_OUT, False, ["hold"])
    assert (check.hold, check.ready, steps(check)) == ("", True, [])

    wants(one, opt_outs=[])
    assert follow_wishes(client=one.pk, at=MORNING) == 1
    call.refresh_from_db()
    assert (call.hold, call.ready) == ("", True)
    assert set(steps(call)) == {"hold", "free"}


def test_other_holds_and_other_forms_stay(one: Client) -> None:
    held = CallFactory(client=one, hold=Hold.NOBODY)
    visit = CallFactory(client=one, form=Form.VISIT)
    wants(one, opt_outs=["phone"])
    assert follow_wishes(client=one.pk, at=MORNING) == 0
    held.refresh_from_db()
    visit.refresh_from_db()
    assert (held.hold, held.ready, visit.hold) == (Hold.NOBODY, False, "")


def test_without_a_number_it_is_held_for_that(branch: Unit) -> None:
    mute = client(branch=branch)
    Client.objects.filter(pk=mute.pk).update(phone_sealed=None)
    call = CallFactory(client=mute, hold=Hold.OPT_OUT)
    assert follow_wishes(client=mute.pk, at=MORNING) == 1
    call.refresh_from_db()
    assert call.hold == Hold.NO_PHONE


def test_hours_of_his_own_place_what_waits(one: Client) -> None:
    call = CallFactory(client=one)
    wants(one, call_from=dt.time(18), call_until=dt.time(19))
    follow_wishes(client=one.pk, at=MORNING)
    call.refresh_from_db()
    assert (call.own_hours, call.ready) == (True, False)
    assert call.not_before == MORNING.replace(hour=10)  # 18:00 in Shanghai

    wants(one)
    follow_wishes(client=one.pk, at=MORNING + dt.timedelta(hours=9))
    call.refresh_from_db()
    assert (call.own_hours, call.closes_at, steps(call)) == (False, None, [])


def test_an_appointment_stays_and_what_is_worked_on_keeps_its_holder(one: Client) -> None:
    tomorrow = MORNING + dt.timedelta(days=1)
    call = CallFactory(client=one, ready=False, not_before=tomorrow, form=Form.VISIT)
    busy = claimed(person("callback_clerk", one.branch), client=one)
    wants(one, call_days="working", opt_outs=["phone"])
    follow_wishes(client=one.pk, at=MORNING)
    call.refresh_from_db()
    busy.refresh_from_db()
    assert (call.not_before, call.ready, call.own_hours) == (tomorrow, False, True)
    assert (busy.state, busy.hold, busy.own_hours) == ("claimed", "", True)


def test_the_event_does_it(one: Client) -> None:
    call = CallFactory(client=one)
    given = {name: getattr(ClientWishes(client=one), name) for name in FIELDS} | {"opt_outs": ["phone"]}
    update_wishes(client=one, wishes=given, version=0, by=person("callback_clerk", one.branch))
    deliver_event(Event.objects.get(name="wishes.changed").pk)
    call.refresh_from_db()
    assert call.hold == Hold.OPT_OUT
