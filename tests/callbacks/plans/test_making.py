"""What a plan makes of a run: from the candidates to calls, counts and reasons."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from callbacks.calls.models import Call, CallReason
from callbacks.plans.making import call_listed, make, take_up
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import of_run
from clients.profile.models import Client
from clients.segmentation.models import Run
from crm.workflow.models import Transition
from crm.worktime.arithmetic import SHANGHAI
from tests.callbacks.plans.runs import alert, entered, flow, run_of, stand
from tests.factories.calls import CallFactory, PlanFactory, ReasonFactory, ScriptFactory
from tests.factories.clients import ClientFactory, ExtraPhoneFactory, WishesFactory, client
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
TUESDAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=SHANGHAI)


def plan_for(kind: str, **fields: Any) -> Plan:
    usual: dict[str, Any] = {"kind": kind, "due_unit": "working_days", "due_count": 5, "cooldown_days": 90}
    made: Plan = PlanFactory(**usual | fields)
    return Plan.objects.get(pk=made.pk)


def made_of(plan: Plan, run: Run, at: dt.datetime = NOW) -> Making:
    making = make(plan=plan, occasion=of_run(run, at.astimezone(SHANGHAI).date()), at=at)
    assert making is not None
    return making


def counted(making: Making) -> dict[str, int]:
    """The counts that are not zero; they add up."""
    counts = dict(making.counts)
    assert counts["candidates"] == sum(number for fate, number in counts.items() if fate != "candidates")
    return {fate: number for fate, number in counts.items() if number}


def test_a_match_entered_makes_a_call() -> None:
    one, run = client(manager=person("customer_manager"), introducer=person()), run_of(MONDAY)
    entered(run, one, "at_risk", recent_mean=40, earlier_mean=100)
    plan = plan_for("at_risk", rank=50, lapses=True)
    making = made_of(plan, run)
    assert counted(making) == {"candidates": 1, "made": 1}
    call = Call.objects.get()
    assert (call.client, call.unit, call.branch, call.kind, call.rank) == (one, one.branch, one.branch, "at_risk", 50)
    assert call.due_at == dt.datetime(2026, 12, 1, 20, tzinfo=SHANGHAI)  # the fifth working day after Tuesday
    assert set(call.recused) == {one.manager_id, one.introducer_id}
    assert (call.ready, call.hold, call.not_before, call.own_hours) == (True, "", None, False)
    reason = CallReason.objects.get()
    assert (reason.call, reason.plan, reason.making, reason.script) == (call, plan, making, plan.script)
    assert reason.subject == "at_risk:2026-11-23"
    assert reason.facts == {"recent_mean": "40.00", "earlier_mean": "100.00"}
    assert (reason.lapses, reason.state) == (True, "open")


def test_the_same_occasion_makes_nothing_twice() -> None:
    run = run_of(MONDAY)
    entered(run, client(), "at_risk")
    plan = plan_for("at_risk")
    assert made_of(plan, run) == made_of(plan, run)
    assert (Call.objects.count(), Making.objects.count()) == (1, 1)


def test_who_matched_before_or_is_not_announced_is_no_candidate() -> None:
    run = run_of(MONDAY)
    entered(run, client(), "at_risk", "core", before=("at_risk",))
    entered(run, client(), "at_risk", announced=False)
    assert counted(made_of(plan_for("at_risk"), run)) == {}
    assert counted(made_of(plan_for("core"), run)) == {"candidates": 1, "made": 1}


def test_the_first_run_of_a_firm_calls_new_clients_alone() -> None:
    run = run_of(MONDAY, baseline=True)
    entered(run, client(opened_on=dt.date(2026, 11, 20)), "new", "core")
    month = {"due_unit": "months_after_opening", "due_count": 1}
    assert counted(made_of(plan_for("core"), run)) == {}
    assert counted(made_of(plan_for("movement"), run)) == {}
    assert counted(made_of(plan_for("new_client", **month), run)) == {"candidates": 1, "made": 1}
    assert Call.objects.get().due_at == dt.datetime(2026, 12, 18, 20, tzinfo=SHANGHAI)  # the 20th is a Sunday


def test_a_run_that_replaces_one_of_the_same_day_calls_nobody_again() -> None:
    one, two = client(), client()
    plan = plan_for("core", cooldown_days=0)
    first = run_of(MONDAY)
    entered(first, one, "core")
    made_of(plan, first)
    second = run_of(MONDAY, replaces=first)
    entered(second, one, "core")
    entered(second, two, "core")
    assert counted(made_of(plan, second)) == {"candidates": 2, "known": 1, "made": 1}


def test_filters_leave_clients_out() -> None:
    run, branch = run_of(MONDAY), BranchFactory(code="B7")
    entered(run, client(branch=branch), "core", average_assets=5_000_000)
    entered(run, client(branch=branch), "core", average_assets=10)
    entered(run, client(), "core", average_assets=5_000_000)
    entered(run, client(branch=branch, status="closed", closed_on=MONDAY), "core", average_assets=5_000_000)
    plan = plan_for("core", filters={"branches": ["B7"], "min_assets": "1000000"})
    assert counted(made_of(plan, run)) == {"candidates": 4, "filtered": 3, "made": 1}


def test_the_cooldown_counts_from_the_last_reason_of_the_kind() -> None:
    run = run_of(MONDAY)
    cooled, ready_again, other = client(), client(), client()
    for one in (cooled, ready_again, other):
        entered(run, one, "core")
    past: dict[str, Any] = {
        "kind": "core",
        "state": "met",
        "ended_at": NOW,
        "call__state": "done",
        "call__ended_at": NOW,
    }
    ReasonFactory(call__client=cooled, made_at=NOW - dt.timedelta(days=89), **past)
    ReasonFactory(call__client=ready_again, made_at=NOW - dt.timedelta(days=91), **past)
    ReasonFactory(call__client=other, made_at=NOW - dt.timedelta(days=1), **past | {"kind": "dormant"})
    assert counted(made_of(plan_for("core"), run)) == {"candidates": 3, "cooling": 1, "made": 2}


def test_each_movement_is_its_own_subject_and_called_about_once() -> None:
    one, two, plan = client(), client(), plan_for("movement", cooldown_days=0)
    first = run_of(MONDAY - dt.timedelta(days=3))
    movements = [flow(dt.date(2026, 11, 19), 900_000), flow(dt.date(2026, 11, 18), 600_000, "inflow")]
    entered(first, one, "movement", reasons={"movements": movements})
    assert counted(made_of(plan, first)) == {"candidates": 2, "made": 1, "merged": 1}
    assert Call.objects.get().reasons.count() == 2
    # Three days later: he matches still, by one more movement; somebody else has entered.
    second = run_of(MONDAY)
    stand(one, "movement", reasons={"movements": [flow(MONDAY, 700_000), *movements]}, run=second)
    entered(second, two, "movement", reasons={"movements": [alert("A1", dt.date(2026, 10, 1))]})
    assert counted(made_of(plan, second)) == {"candidates": 4, "known": 2, "made": 1, "merged": 1}
    assert set(CallReason.objects.values_list("subject", flat=True)) >= {"alert:A1", "outflow:2026-11-23:700000.00"}


def test_movements_from_before_the_first_run_are_nobodys_news() -> None:
    one = client()
    baseline = run_of(MONDAY - dt.timedelta(days=1), baseline=True)
    old = flow(MONDAY - dt.timedelta(days=2), 900_000)
    stand(one, "movement", reasons={"movements": [old]}, run=baseline)
    run = run_of(MONDAY)
    assert counted(made_of(plan_for("movement", cooldown_days=0), run)) == {}
    again = run_of(TUESDAY)
    stand(one, "movement", reasons={"movements": [flow(MONDAY, 1_000_000), old]}, run=again)
    assert counted(made_of(plan_for("movement", cooldown_days=0), again)) == {"candidates": 1, "made": 1}


def test_beyond_the_limit_of_a_branch_the_least_urgent_are_listed() -> None:
    branch, run = BranchFactory(), run_of(MONDAY)
    sizes = {100_000: "outflow", 900_000: "inflow", 300_000: "outflow"}
    for size, kind in sizes.items():
        entered(run, client(branch=branch), "movement", reasons={"movements": [flow(MONDAY, size, kind)]})
    entered(run, client(), "movement", reasons={"movements": [flow(MONDAY, 1, "inflow")]})
    plan = plan_for("movement", cooldown_days=0, cap=2, overflow="sms")
    assert counted(made_of(plan, run)) == {"candidates": 4, "made": 3, "listed": 1}
    listed = CallReason.objects.get(state="listed")
    assert (listed.call, listed.facts["kind"], listed.branch) == (None, "inflow", branch)


def test_whose_turn_has_not_come_is_called_on_the_next_days() -> None:
    branch, plan = BranchFactory(), plan_for("core", cap=2)
    first = run_of(MONDAY)
    clients = [client(branch=branch) for _ in range(5)]
    for place, one in enumerate(clients):
        entered(first, one, "core", average_assets=100 - place)
    making = made_of(plan, first)
    assert counted(making) == {"candidates": 5, "made": 2, "later": 3}
    assert take_up(plan=plan, day=TUESDAY, at=NOW) is None or Call.objects.count() == 2
    # The next day: who waits comes before whoever enters now.
    second, morning = run_of(TUESDAY), NOW + dt.timedelta(days=1)
    entered(second, client(branch=branch), "core", average_assets=1_000_000)
    assert counted(made_of(plan, second, morning)) == {"candidates": 1, "later": 1}
    assert list(Call.objects.order_by("id").values_list("client", flat=True)) == [one.pk for one in clients[:4]]
    for days in (2, 3):
        take_up(plan=plan, day=TUESDAY + dt.timedelta(days=days), at=NOW + dt.timedelta(days=days))
    assert Call.objects.count() == 6
    assert not CallReason.objects.filter(state="listed").exists()
    assert all("turn" not in facts for facts in CallReason.objects.values_list("facts", flat=True))


def test_who_waits_for_his_turn_is_called_when_newcomers_get_an_sms_by_now() -> None:
    branch, plan = BranchFactory(), plan_for("movement", cap=1, cooldown_days=0)
    run = run_of(MONDAY)
    for place in range(3):
        entered(run, client(branch=branch), "movement", reasons={"movements": [flow(MONDAY, 900_000 - place)]})
    assert counted(made_of(plan, run)) == {"candidates": 3, "made": 1, "later": 2}
    Plan.objects.filter(pk=plan.pk).update(overflow="sms")
    counts = []
    for days in (1, 2):
        making = take_up(plan=plan, day=TUESDAY + dt.timedelta(days=days), at=NOW + dt.timedelta(days=days))
        assert making is not None
        counts.append(counted(making))
    assert counts == [{"candidates": 2, "made": 1, "later": 1}, {"candidates": 1, "made": 1}]
    assert not CallReason.objects.filter(state="listed").exists()


def test_a_listed_movement_can_be_called_after_all() -> None:
    run, branch = run_of(MONDAY), BranchFactory()
    for size in (500_000, 600_000):
        entered(run, client(branch=branch), "movement", reasons={"movements": [flow(MONDAY, size)]})
    plan = plan_for("movement", cooldown_days=0, cap=1, overflow="sms")
    made_of(plan, run)
    listed = CallReason.objects.get(state="listed")
    making = call_listed(plan=plan, reasons=[listed], by=person("marketing_director"), day=TUESDAY, at=NOW)
    assert counted(making) == {"candidates": 1, "made": 1}
    listed.refresh_from_db()
    assert (listed.state, listed.making, listed.call is None) == ("open", making, False)


def test_reasons_of_one_party_join_an_open_call_of_the_same_unit() -> None:
    one, run = client(manager=person()), run_of(MONDAY)
    waiting = CallFactory(
        client=one, kind="dormant", rank=90, due_at=NOW + dt.timedelta(days=30), regulated=False, recused=[5]
    )
    ReasonFactory(call=waiting)
    entered(run, one, "at_risk")
    making = made_of(plan_for("at_risk", rank=50), run)
    assert counted(making) == {"candidates": 1, "merged": 1}
    call = Call.objects.get()
    assert (call.kind, call.rank, call.regulated) == ("at_risk", 50, True)
    assert call.due_at == dt.datetime(2026, 12, 1, 20, tzinfo=SHANGHAI)
    assert set(call.recused) == {5, one.manager_id}
    assert Transition.objects.filter(object_id=call.pk).values_list("verb", flat=True).get() == "merge"


@pytest.mark.parametrize(("tries", "waits"), [(0, False), (1, True)])
def test_a_call_that_waited_is_opened_for_a_more_urgent_reason_unless_an_hour_was_agreed(
    tries: int, waits: bool
) -> None:
    one, run, later = client(), run_of(MONDAY), NOW + dt.timedelta(days=4)
    CallFactory(client=one, rank=90, ready=False, not_before=later, tries=tries)
    entered(run, one, "at_risk")
    assert counted(made_of(plan_for("at_risk", rank=50), run)) == {"candidates": 1, "merged": 1}
    assert Call.objects.get().not_before == (later if waits else NOW)


@pytest.mark.parametrize(
    "fields",
    [{"unit": "other"}, {"state": "claimed"}, {"assignee": "manager"}, {"hold": "opt_out"}, {"form": "letter"}],
)
def test_a_reason_makes_its_own_call_where_it_may_not_join(fields: dict[str, Any]) -> None:
    manager = person("customer_manager")
    one, run = client(manager=manager), run_of(MONDAY)
    special: dict[str, Any] = {
        "other": BranchFactory(), "claimed": "claimed", "manager": manager
    }  # fmt: skip
    given = {name: special.get(value, value) for name, value in fields.items()}
    if given.get("state") == "claimed":
        given |= {"claimed_by": person(), "claimed_at": NOW, "lease_until": NOW, "ready": False}
    CallFactory(client=one, **given)
    entered(run, one, "at_risk")
    assert counted(made_of(plan_for("at_risk"), run)) == {"candidates": 1, "made": 1}
    assert Call.objects.count() == 2


def test_who_was_reached_for_something_more_urgent_is_called_when_the_quiet_period_is_over() -> None:
    run = run_of(MONDAY)
    reached: dict[str, Any] = {
        "state": "done", "reached": True, "ended_at": NOW - dt.timedelta(days=2), "ready": False
    }  # fmt: skip
    deferred, not_lesser, long_ago = client(), client(), client()
    CallFactory(client=deferred, rank=10, **reached)
    CallFactory(client=not_lesser, rank=60, **reached)
    CallFactory(client=long_ago, rank=10, **reached | {"ended_at": NOW - dt.timedelta(days=8)})
    for one in (deferred, not_lesser, long_ago):
        entered(run, one, "at_risk")
    plan = plan_for("at_risk", rank=50, quiet_days=7, due_count=10)
    assert counted(made_of(plan, run)) == {"candidates": 3, "deferred": 1, "made": 2}
    call = Call.objects.get(client=deferred, state="waiting")
    assert (call.ready, call.not_before) == (
        False,
        dt.datetime(2026, 11, 30, 9, tzinfo=SHANGHAI),
    )  # the 29th is a Sunday


def test_a_quiet_period_never_leads_past_what_is_due() -> None:
    run, one = run_of(MONDAY), client()
    CallFactory(client=one, rank=10, state="done", reached=True, ended_at=NOW - dt.timedelta(days=1), ready=False)
    entered(run, one, "at_risk")
    made_of(plan_for("at_risk", rank=50, quiet_days=7, due_count=3), run)
    call = Call.objects.get(state="waiting")
    assert call.due_at == dt.datetime(2026, 11, 27, 20, tzinfo=SHANGHAI)
    assert call.not_before == dt.datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("opt_outs", "regulated", "hold"),
    [(["phone"], True, "opt_out"), (["marketing"], True, ""), (["marketing"], False, "opt_out"), (["sms"], True, "")],
)
def test_opt_outs_hold_calls_back_as_they_fit(opt_outs: list[str], regulated: bool, hold: str) -> None:
    run, one = run_of(MONDAY), client()
    WishesFactory(client=one, opt_outs=opt_outs)
    entered(run, one, "core")
    making = made_of(plan_for("core", script=ScriptFactory(regulated=regulated)), run)
    assert counted(making) == {"candidates": 1, "held" if hold else "made": 1}
    call = Call.objects.get()
    assert (call.hold, call.ready, call.regulated) == (hold, not hold, regulated)


def test_who_wants_no_marketing_is_asked_about_his_movement_by_any_script() -> None:
    run, one = run_of(MONDAY), client()
    WishesFactory(client=one, opt_outs=["marketing"])
    entered(run, one, "movement", reasons={"movements": [flow(MONDAY, 900_000)]})
    assert counted(made_of(plan_for("movement", script=ScriptFactory(regulated=False)), run)) == {
        "candidates": 1,
        "made": 1,
    }


def test_without_a_phone_a_call_is_held_back() -> None:
    run, nothing, further = run_of(MONDAY), client(phone=""), client(phone="")
    ExtraPhoneFactory(client=further)
    for one in (nothing, further):
        entered(run, one, "core")
    assert counted(made_of(plan_for("core"), run)) == {"candidates": 2, "held": 1, "made": 1}
    assert Call.objects.get(client=nothing).hold == "no_phone"


def test_a_client_with_hours_of_his_own_waits_for_them() -> None:
    run, evening, always = run_of(MONDAY), client(), client()
    WishesFactory(client=evening, call_days="rest", call_from=dt.time(18), call_until=dt.time(20))
    WishesFactory(client=always, call_days="any", call_from=dt.time(1), call_until=dt.time(23))
    for one in (evening, always):
        entered(run, one, "core")
    made_of(plan_for("core"), run)
    call = Call.objects.get(client=evening)
    assert (call.own_hours, call.ready) == (True, False)
    assert call.not_before == dt.datetime(2026, 11, 28, 18, tzinfo=SHANGHAI)
    call = Call.objects.get(client=always)
    assert (call.own_hours, call.ready, call.not_before) == (True, True, None)
    assert call.closes_at == dt.datetime(2026, 11, 24, 23, tzinfo=SHANGHAI)


def test_the_sample_is_the_same_each_time_and_as_large_as_it_should_be() -> None:
    run, plan = run_of(MONDAY), plan_for("core", share="0.3", seed="2026")
    clients = ClientFactory.create_batch(60)
    for one in clients:
        entered(run, one, "core")
    making = made_of(plan, run)
    assert 8 <= counted(making)["made"] <= 30
    chosen = set(Call.objects.values_list("client__client_no", flat=True))
    assert chosen == {one.client_no for one in clients if drawn("2026", one.client_no, "core:2026-11-23", 0.3)}


def drawn(seed: str, client_no: str, subject: str, share: float) -> bool:
    """The sample in plain Python."""
    digest = hashlib.md5(f"{seed}|{client_no}|{subject}".encode()).hexdigest()
    return int(digest[:15], 16) < share * 2**60


def test_a_plan_that_pauses_makes_nothing() -> None:
    run = run_of(MONDAY)
    entered(run, client(), "core")
    plan = plan_for("core", paused_at=NOW)
    assert make(plan=plan, occasion=of_run(run, TUESDAY), at=NOW) is None
    assert not Making.objects.exists()


def test_clients_of_a_size_and_diamond_movements_go_to_the_call_centre_where_that_is_set(monkeypatch: Any) -> None:
    agent = person("call_centre_agent")
    centre = agent.appointments.get().unit
    run, branch = run_of(MONDAY), BranchFactory()
    large, small = Client.objects.get(pk=client(branch=branch).pk), client(branch=branch)
    movement = {"movements": [flow(MONDAY, 600_000)]}
    entered(run, large, "movement", reasons=movement, average_assets=20_000_000, tier="diamond")
    entered(run, small, "movement", reasons=movement, average_assets=1)
    monkeypatch.setattr("callbacks.plans.pipeline.value_of", lambda key: True)
    made_of(plan_for("movement", cooldown_days=0), run)
    assert Call.objects.get(client=large).unit == centre
    assert Call.objects.get(client=large).branch == branch
    assert Call.objects.get(client=small).unit == branch
