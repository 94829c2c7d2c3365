"""Next, and take this one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from callbacks.calls.choices import CallState, Hold, ReasonKind
from callbacks.calls.models import Call
from callbacks.calls.workflow import CALLS, NAME
from callbacks.queue import claiming, rules
from callbacks.queue.claiming import current_call, next_call, take_call
from clients.profile.choices import OptOut
from clients.segmentation.models import Standing
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from crm.parameters.registry import value_of
from crm.workflow.models import Transition
from tests.callbacks.queue.conftest import MORNING, NOON_BREAK
from tests.factories.calls import CallFactory, ReasonFactory, ScriptVersionFactory, claimed
from tests.factories.clients import ClientFactory, WishesFactory
from tests.factories.people import StandInFactory, person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def made(branch: Unit, rank: int = 10, days: int = 2, **fields: object) -> Call:
    client = fields.pop("client", None) or ClientFactory(branch=branch)
    call: Call = CallFactory(client=client, rank=rank, due_at=MORNING + days * DAY, **fields)
    return call


def test_the_most_urgent_comes_first_then_what_is_due_first_then_the_oldest(branch: Unit, clerk: User) -> None:
    late, urgent, soon, also_soon = made(branch, 20), made(branch, 5, 9), made(branch, 10, 1), made(branch, 10, 1)
    order = []
    for _number in range(4):
        call = next_call(by=clerk, at=MORNING)
        assert call is not None
        order.append(call.pk)
        _finish(call)
    assert order == [urgent.pk, soon.pk, also_soon.pk, late.pk]
    assert next_call(by=clerk, at=MORNING) is None


def _finish(call: Call) -> None:
    CALLS.take(call, "finish", by=None, ended_at=MORNING, claimed_by=None, lease_until=None)


def test_pressing_twice_gives_the_same_call(branch: Unit, clerk: User) -> None:
    made(branch), made(branch)
    first, again = next_call(by=clerk, at=MORNING), next_call(by=clerk, at=MORNING)
    assert first is not None
    assert again is not None
    assert first.pk == again.pk
    assert Transition.objects.filter(workflow=NAME, verb="claim").count() == 1
    assert current_call(clerk) == first


def test_a_claim_leaves_its_step_the_read_and_the_scripts(branch: Unit, clerk: User) -> None:
    call = made(branch)
    lesser, leading = ScriptVersionFactory(), ScriptVersionFactory()
    ReasonFactory(call=call, script=lesser.script, rank=30)
    ReasonFactory(call=call, script=leading.script, rank=10)
    next_call(by=clerk, at=MORNING)
    call.refresh_from_db()
    assert (call.state, call.claimed_by, call.claimed_at) == (CallState.CLAIMED, clerk, MORNING)
    assert call.lease_until == MORNING + dt.timedelta(minutes=30)
    assert call.script_versions == [leading.pk, lesser.pk]
    step = Transition.objects.of(call, NAME).get()
    assert (step.verb, step.old_state, step.new_state, step.by) == ("claim", "waiting", "claimed", clerk)
    assert call.client is not None
    read = ReadLog.objects.get(subject_no=call.client.client_no)
    assert (read.kind, read.by, read.fields, read.reason) == (
        "claimed",
        clerk,
        "name,phone",
        f"callbacks.call {call.pk}",
    )


def test_nobody_gets_calls_of_another_unit(branch: Unit, agent: User) -> None:
    made(branch)
    assert next_call(by=agent, at=MORNING) is None


def test_whoever_makes_no_calls_is_refused(branch: Unit) -> None:
    with pytest.raises(PermissionDenied):
        next_call(by=person("counter_clerk", branch), at=MORNING)


def test_what_is_assigned_to_somebody_is_his_alone(branch: Unit, clerk: User) -> None:
    other = person("callback_clerk", branch)
    mine = made(branch, 90, assignee=clerk)
    made(branch, 1, assignee=other)
    assert next_call(by=clerk, at=MORNING) == mine


def test_a_stand_in_gets_what_is_assigned_to_the_absent(branch: Unit, clerk: User) -> None:
    deputy = person("callback_clerk", branch)
    StandInFactory(absent=clerk, deputy=deputy, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2030, 1, 1))
    call = made(branch, assignee=clerk)
    assert next_call(by=deputy, at=MORNING) == call


def test_a_customer_manager_gets_the_courtesy_calls_that_are_assigned_to_him(branch: Unit) -> None:
    manager = person("customer_manager", branch)
    own = ClientFactory(branch=branch, manager=manager)
    checked = made(branch, 1, client=own, kind=ReasonKind.CONDUCT_SAMPLE, assignee=manager)
    courtesy = made(branch, 2, client=own, kind=ReasonKind.DORMANT, assignee=manager, recused=[manager.pk])
    assert next_call(by=manager, at=MORNING) == courtesy
    checked.refresh_from_db()
    assert checked.assignee is None


def test_the_manager_does_not_ask_whether_his_client_was_satisfied_with_a_complaint(branch: Unit, clerk: User) -> None:
    """Its script is not regulated, and he is recused all the same."""
    own = ClientFactory(branch=branch, introducer=clerk)
    made(branch, 1, client=own, kind=ReasonKind.COMPLAINT_ANSWERED, regulated=False)
    assert next_call(by=clerk, at=MORNING) is None


def test_who_is_recused_is_passed_over(branch: Unit, clerk: User) -> None:
    made(branch, 1, recused=[clerk.pk])
    call = made(branch, 2)
    assert next_call(by=clerk, at=MORNING) == call


def test_the_introducer_never_gets_the_regulated_call_though_the_row_does_not_say_so(branch: Unit, clerk: User) -> None:
    own = made(branch, 1, client=ClientFactory(branch=branch, introducer=clerk))
    call = made(branch, 2)
    assert next_call(by=clerk, at=MORNING) == call
    own.refresh_from_db()
    assert own.recused == [clerk.pk]
    assert own.state == CallState.WAITING


def test_an_opt_out_holds_the_call_back(branch: Unit, clerk: User) -> None:
    client = ClientFactory(branch=branch)
    WishesFactory(client=client, opt_outs=[OptOut.PHONE])
    call = made(branch, client=client)
    assert next_call(by=clerk, at=MORNING) is None
    call.refresh_from_db()
    assert (call.hold, call.ready) == (Hold.OPT_OUT, False)
    assert Transition.objects.of(call, NAME).get().verb == "hold"


def test_large_clients_go_to_the_call_centre_where_the_setting_says_so(
    branch: Unit, clerk: User, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = made(branch)
    Standing.objects.filter(client=call.client).update(average_assets=20_000_000)
    _set(monkeypatch, "callbacks.large_to_headquarters", True)
    assert next_call(by=clerk, at=MORNING) is None
    call.refresh_from_db()
    assert call.unit_id == agent.appointments.get().unit_id
    assert next_call(by=agent, at=MORNING) == call


def _set(monkeypatch: pytest.MonkeyPatch, key: str, value: object) -> None:
    monkeypatch.setattr(rules, "value_of", lambda name: value if name == key else value_of(name))


def test_nobody_is_called_at_noon_but_clients_who_wish_it(branch: Unit, clerk: User) -> None:
    made(branch, 1)
    wished = made(branch, 2, own_hours=True, closes_at=NOON_BREAK + dt.timedelta(minutes=10))
    made(branch, 1, own_hours=True, closes_at=NOON_BREAK)
    assert next_call(by=clerk, at=NOON_BREAK) == wished


def test_one_who_passed_a_call_on_does_not_get_it_again(branch: Unit, clerk: User) -> None:
    made(branch, passed_by=[clerk.pk])
    assert next_call(by=clerk, at=MORNING) is None


class TestTaking:
    def test_a_call_whose_client_is_on_the_line(self, branch: Unit, clerk: User) -> None:
        call = made(branch)
        taken = take_call(call=call, reason="客户来电", by=clerk, at=MORNING)
        assert (taken.state, taken.claimed_by) == (CallState.CLAIMED, clerk)
        assert Transition.objects.of(call, NAME).get().reason == "客户来电"

    def test_needs_a_reason(self, branch: Unit, clerk: User) -> None:
        with pytest.raises(ValidationError):
            take_call(call=made(branch), reason=" ", by=clerk, at=MORNING)

    def test_a_foreign_branch_is_refused_in_words(self, branch: Unit) -> None:
        with pytest.raises(PermissionDenied):
            take_call(call=made(branch), reason="客户来电", by=person("callback_clerk"), at=MORNING)

    def test_the_introducer_is_refused_in_words(self, branch: Unit, clerk: User) -> None:
        call = made(branch, client=ClientFactory(branch=branch, introducer=clerk))
        with pytest.raises(PermissionDenied, match=r"回避|Recusal"):
            take_call(call=call, reason="客户来电", by=clerk, at=MORNING)

    def test_a_supervisor_takes_any_call_but_where_he_is_recused(self, branch: Unit, centre: Unit) -> None:
        chief = person("call_centre_supervisor", centre)
        call, own = made(branch), made(branch, recused=[chief.pk])
        assert take_call(call=call, reason="督办", by=chief, at=MORNING).claimed_by == chief
        with pytest.raises(PermissionDenied):
            take_call(call=own, reason="督办", by=chief, at=MORNING)

    def test_what_somebody_else_works_on_is_refused(self, branch: Unit, clerk: User) -> None:
        call = claimed(person("callback_clerk", branch), client=ClientFactory(branch=branch))
        with pytest.raises(ValidationError):
            take_call(call=call, reason="客户来电", by=clerk, at=MORNING)

    def test_at_three_in_the_morning_only_an_urgent_check_with_a_reason(self, branch: Unit, clerk: User) -> None:
        night = dt.datetime(2026, 11, 24, 19, tzinfo=dt.UTC)
        movement, dormant = made(branch, kind=ReasonKind.MOVEMENT), made(branch, kind=ReasonKind.DORMANT)
        with pytest.raises(ValidationError):
            take_call(call=dormant, reason="客户来电", by=clerk, out_of_hours="急", at=night)
        with pytest.raises(ValidationError):
            take_call(call=movement, reason="客户来电", by=clerk, at=night)
        taken = take_call(call=movement, reason="预警", by=clerk, out_of_hours="账户疑似被盗用", at=night)
        assert taken.claimed_by == clerk
        assert Transition.objects.of(movement, NAME).get().details == {"out_of_hours": "账户疑似被盗用"}

    def test_a_customer_manager_makes_courtesy_calls_to_his_own_clients_alone(self, branch: Unit) -> None:
        manager = person("customer_manager", branch)
        own = ClientFactory(branch=branch, manager=manager)
        courtesy = made(branch, client=own, kind=ReasonKind.CORE, recused=[manager.pk])  # by the regulated script
        ReasonFactory(call=courtesy)
        assert take_call(call=courtesy, reason="维护", by=manager, at=MORNING).claimed_by == manager
        merged = made(branch, client=own, kind=ReasonKind.CORE)
        ReasonFactory(call=merged, kind=ReasonKind.COVERAGE)
        answered = made(branch, client=own, kind=ReasonKind.COMPLAINT_ANSWERED, regulated=False)
        for call in (made(branch, client=own), merged, answered, made(branch, kind=ReasonKind.CORE)):
            with pytest.raises(PermissionDenied):
                take_call(call=call, reason="维护", by=manager, at=MORNING)


def test_stale_rows_do_not_stop_the_queue_for_ever(branch: Unit, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "STALE", 2)
    for _number in range(3):
        made(branch, 1, client=ClientFactory(branch=branch, manager=clerk))
    last = made(branch, 2)
    assert next_call(by=clerk, at=MORNING) is None  # two were put right
    assert next_call(by=clerk, at=MORNING) == last
