"""Where calls come from beside segmentation: requests, managers, assessments, samples, coverage, complaints, lists."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from callbacks.calls.models import Call, CallReason
from callbacks.plans import daily, occasions
from callbacks.plans.assigning import Wanted, assign
from callbacks.plans.complaints import after_complaint
from callbacks.plans.coverage import freeze_base
from callbacks.plans.making import NoCallCentre, make
from callbacks.plans.models import CoverageBase, Making
from callbacks.plans.occasions import Occasion
from callbacks.plans.services import pause_plan, resume_plan
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.worktime.arithmetic import SHANGHAI
from tests.callbacks.plans.runs import stand
from tests.callbacks.plans.test_making import MONDAY, NOW, TUESDAY, counted, plan_for
from tests.factories.calls import CallFactory, MakingFactory, ScriptFactory, ScriptVersionFactory
from tests.factories.clients import ClientFactory, PermissionRequestFactory, RiskAssessmentFactory, client
from tests.factories.lists import ClientListFactory, ClientListMemberFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Any:
    return person("call_centre_agent").appointments.get().unit


def test_permission_requests_make_calls_by_market_and_state() -> None:
    ask: dict[str, Any] = {"requested_on": TUESDAY - dt.timedelta(days=1)}
    PermissionRequestFactory(permission="chinext", **ask)
    opened = PermissionRequestFactory(permission="hk_connect", status="opened", request_no="H1", **ask)
    PermissionRequestFactory(permission="star", requested_on=TUESDAY - dt.timedelta(days=40))
    plan = plan_for(
        "permission", cooldown_days=0, due_unit="days_after_opening", due_count=7,
        filters={"permissions": ["hk_connect"], "request_states": ["opened"]},
    )  # fmt: skip
    making = make(plan=plan, occasion=occasions.of_batch(7, TUESDAY), at=NOW)
    assert making
    assert counted(making) == {"candidates": 2, "filtered": 1, "made": 1}
    call = Call.objects.get()
    assert call.client == opened.client
    assert call.due_at == dt.datetime(2026, 12, 1, 20, tzinfo=SHANGHAI)
    assert CallReason.objects.get().facts["opened_on"] == "2026-11-24"
    # The next file has the same request again.
    making = make(plan=plan, occasion=occasions.of_batch(8, TUESDAY), at=NOW)
    assert making
    assert counted(making) == {"candidates": 2, "filtered": 1, "known": 1}


@pytest.mark.django_db(transaction=True)
def test_a_change_of_manager_makes_a_call_of_the_call_centre_but_to_and_fro_does_not(centre: Any) -> None:
    old, new = person("customer_manager", name="王经理"), person("customer_manager", name="李经理")
    changed, to_and_fro, first = client(manager=old), client(manager=old), client()
    since = timezone.now()  # the history keeps the database's own time
    Client.objects.filter(pk__in=[changed.pk, to_and_fro.pk, first.pk]).update(manager=new)
    Client.objects.filter(pk=to_and_fro.pk).update(manager=old)
    until, day = timezone.now(), timezone.localdate()
    plan = plan_for("manager_changed", side="call_centre", due_count=10)
    making = make(plan=plan, occasion=Occasion("day:1", day, {"since": since, "until": until}), at=until)
    assert making
    assert counted(making) == {"candidates": 1, "made": 1}
    call = Call.objects.get()
    assert (call.client, call.unit) == (changed, centre)
    assert set(call.recused) >= {old.pk, new.pk}
    facts = CallReason.objects.get().facts
    assert facts == {"old_manager": "王经理", "new_manager": "李经理", "changed_on": f"{day:%F}"}
    later = Occasion("day:2", day, {"since": until, "until": timezone.now()})
    making = make(plan=plan, occasion=later, at=timezone.now())
    assert making
    assert counted(making) == {}


def test_a_manager_who_left_without_a_successor_makes_calls(centre: Any) -> None:
    gone = person("customer_manager", left_on=TUESDAY - dt.timedelta(days=3))
    one = client(manager=gone)
    plan = plan_for("manager_changed", side="call_centre")
    made = daily.every_day(at=NOW)
    assert [counted(making) for making in made if making.plan == plan] == [{"candidates": 1, "made": 1}]
    assert (Call.objects.get().client, Call.objects.get().recused) == (one, [gone.pk])
    tomorrow = daily.every_day(at=NOW + dt.timedelta(days=1))
    assert [counted(making) for making in tomorrow if making.plan == plan] == [{"candidates": 1, "cooling": 1}]


def test_what_a_pause_missed_is_not_made_up_for(centre: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, by = plan_for("manager_changed", side="call_centre"), person("sales_trading_hq")
    plan.script.kinds = ["manager_changed"]
    plan.script.save()
    ScriptVersionFactory(script=plan.script)
    MakingFactory(plan=plan, key="day:x", day=MONDAY - dt.timedelta(days=14))
    client(manager=person("customer_manager", left_on=MONDAY - dt.timedelta(days=3)))
    pause_plan(plan=plan, reason="整改", by=by, at=NOW - dt.timedelta(days=10))
    assert daily.every_day(at=NOW - dt.timedelta(days=1)) == []
    resume_plan(plan=plan, by=by, at=NOW)
    client(manager=person("customer_manager", left_on=TUESDAY))
    asked = []

    def noted(**given: Any) -> Making | None:
        asked.append(given["occasion"].values["since"])
        return make(**given)

    monkeypatch.setattr(daily, "make", noted)
    (making,) = daily.every_day(at=NOW)
    assert counted(making) == {"candidates": 1, "made": 1}
    assert asked == [dt.datetime(2026, 11, 24, tzinfo=SHANGHAI)]


def test_without_a_call_centre_its_plans_refuse() -> None:
    with pytest.raises(NoCallCentre):
        make(plan=plan_for("manager_changed", side="call_centre"), occasion=Occasion("day:x", TUESDAY), at=NOW)


def test_an_assessment_that_runs_out_is_called_about_once() -> None:
    day = dt.timedelta(days=1)
    soon, expired, later = client(), client(), client()
    for one, until in ((soon, 30), (expired, -400), (later, 31)):
        RiskAssessmentFactory(client=one, assessed_on=dt.date(2024, 1, 1), valid_until=TUESDAY + until * day)
    plan = plan_for("risk_expiry", due_unit="days", due_count=30, cooldown_days=0)
    assert [counted(making) for making in daily.every_day(at=NOW)] == [{"candidates": 2, "made": 2}]
    assert daily.every_day(at=NOW + dt.timedelta(hours=1)) == daily.every_day(at=NOW)  # the same making
    tomorrow = daily.every_day(at=NOW + day)
    assert [counted(making) for making in tomorrow] == [{"candidates": 3, "known": 2, "made": 1}]
    assert plan.makings.count() == 2


def test_the_conduct_sample_takes_a_share_of_each_managers_clients(centre: Any) -> None:
    few, many = person("customer_manager"), person("customer_manager")
    ClientFactory.create_batch(3, manager=few)
    ClientFactory.create_batch(20, manager=many)
    ClientFactory.create_batch(5)
    plan_for("conduct_sample", side="call_centre", share="0.1", due_unit="end_of_month", due_count=0)
    (making,) = daily.every_day(at=NOW)
    assert counted(making) == {"candidates": 23, "sampled_out": 20, "made": 3}
    assert (
        list(Call.objects.values_list("client__manager").order_by("client__manager")) == [(few.pk,)] + [(many.pk,)] * 2
    )
    assert {call.due_at for call in Call.objects.all()} == {dt.datetime(2026, 11, 30, 20, tzinfo=SHANGHAI)}
    assert daily.every_day(at=NOW + dt.timedelta(days=1)) == [making]


def test_coverage_makes_up_what_is_missing_branch_by_branch() -> None:
    one, two = BranchFactory(), BranchFactory()
    first, second = ClientFactory.create_batch(20, branch=one), ClientFactory.create_batch(10, branch=two)
    ClientFactory(branch=one, status="suspended")
    asleep = client(branch=one)
    stand(asleep, "dormant")
    client(branch=two, opened_on=dt.date(2026, 1, 1))
    assert freeze_base(year=2026) == 30
    assert freeze_base(year=2026) == 0
    assert not CoverageBase.objects.filter(client=asleep).exists()
    past: dict[str, Any] = {"state": "done", "reached": True, "ready": False, "complete": True}
    CallFactory(client=first[0], ended_at=NOW - dt.timedelta(days=30), **past)
    CallFactory(client=first[1], ended_at=NOW - dt.timedelta(days=400), **past)  # last year
    CallFactory(client=second[0])  # somebody may still reach him
    plan_for("coverage", share="0.25", due_unit="end_of_year", due_count=0, cooldown_days=0, filters={"from_month": 11})
    (making,) = daily.every_day(at=NOW)
    assert counted(making) == {"candidates": 28, "sampled_out": 22, "made": 6}  # 5 − 1, and 3 − 1
    made = Call.objects.filter(made_at=NOW)
    assert (made.filter(unit=one).count(), made.filter(unit=two).count()) == (4, 2)
    assert made.first().due_at == dt.datetime(2026, 12, 31, 20, tzinfo=SHANGHAI)  # type: ignore[union-attr]


def test_coverage_begins_late_in_the_year() -> None:
    ClientFactory()
    plan_for("coverage", share="1", due_unit="end_of_year", due_count=0, filters={"from_month": 12})
    assert daily.every_day(at=NOW) == []


def test_an_answered_complaint_is_called_about_by_somebody_else(centre: Any) -> None:
    handler, one = person(), client(manager=person(), status="closed", closed_on=TUESDAY)
    plan_for("complaint_answered", side="call_centre", due_count=2)
    said = {"complaint": "T-7", "client": one.pk, "handlers": [handler.pk], "about": "佣金"}
    (making,) = after_complaint(payload=said, at=NOW)
    assert counted(making) == {"candidates": 1, "made": 1}
    assert after_complaint(payload=said, at=NOW) == [making]
    call = Call.objects.get()
    assert (call.client, call.unit, set(call.recused)) == (one, centre, {handler.pk, one.manager_id})
    assert CallReason.objects.get().facts == {"complaint_no": "T-7", "answered_on": "2026-11-24", "about": "佣金"}


def test_who_complained_need_not_be_a_client(centre: Any) -> None:
    plan_for("complaint_answered", side="call_centre")
    contact = {"name": "赵先生", "key": "a" * 64, "masked": "138****0001", "sealed": base64.b64encode(b"x").decode()}
    said: dict[str, Any] = {"contact": contact, "handlers": []}
    after_complaint(payload=said | {"complaint": "T-8"}, at=NOW)
    call = Call.objects.get()
    assert (call.client, call.contact_name, call.contact_masked) == (None, "赵先生", "138****0001")
    assert (bytes(call.contact_sealed or b""), call.unit, call.branch) == (b"x", centre, None)
    # Another complaint of his joins; one of somebody without a number waits for a decision.
    CallReason.objects.update(made_at=NOW - dt.timedelta(days=200))
    after_complaint(payload=said | {"complaint": "T-9"}, at=NOW)
    assert (Call.objects.count(), call.reasons.count()) == (1, 2)
    silent = {"name": "钱女士", "key": "b" * 64}
    (making,) = after_complaint(payload={"complaint": "T-10", "contact": silent, "handlers": []}, at=NOW)
    assert counted(making) == {"candidates": 1, "held": 1}


def test_a_list_is_called_as_the_company_wants_it(centre: Any) -> None:
    hq = person("sales_trading_hq")
    kept = ClientListFactory(owner=hq, name="转托管客户")
    members = ClientListMemberFactory.create_batch(3, list=kept)
    Client.objects.filter(pk=members[0].client.pk).update(status="closed", closed_on=TUESDAY)
    plan = plan_for("assigned", side="call_centre", cooldown_days=0)
    script = ScriptFactory(kinds=["assigned"], regulated=False)
    ScriptVersionFactory(script=script)
    wanted = Wanted(kept, plan, dt.date(2026, 12, 15), script)
    making = assign(wanted=wanted, by=hq, key="k1", at=NOW)
    assert counted(making) == {"candidates": 3, "filtered": 1, "made": 2}
    assert assign(wanted=wanted, by=hq, key="k1", at=NOW) == making
    assert counted(assign(wanted=wanted, by=hq, key="k2", at=NOW)) == {"candidates": 3, "filtered": 1, "known": 2}
    assert {call.due_at for call in Call.objects.all()} == {dt.datetime(2026, 12, 15, 20, tzinfo=SHANGHAI)}
    assert {(reason.script, reason.facts["what"]) for reason in CallReason.objects.all()} == {(script, "转托管客户")}
    assert Standing.objects.count() == 3
    assert plan.share == Decimal(1)
