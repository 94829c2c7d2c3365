"""Plans as records: made, changed with their version, paused; the first ones; trials; two workers at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections

from callbacks.calls.models import Call, CallReason
from callbacks.plans import trials
from callbacks.plans.first_plans import FIRST, lay_first_plans
from callbacks.plans.informing import inform_listed, lay_template
from callbacks.plans.making import make
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import of_run
from callbacks.plans.services import FIELDS, ChangedMeanwhile, change_plan, make_plan, pause_plan, resume_plan
from clients.contacts.models import ServiceRecord
from clients.segmentation.running import CHANGED
from crm.audit.selectors import history_of
from crm.events.models import Delivery
from crm.events.services import deliver_event, publish
from crm.jobs import services as jobs
from crm.jobs.errors import JobRefused
from crm.messaging.models import Message
from crm.worktime.arithmetic import SHANGHAI
from tests.callbacks.plans.runs import entered, flow, run_of
from tests.callbacks.plans.test_making import MONDAY, NOW, TUESDAY, counted, made_of, plan_for
from tests.factories.calls import ScriptFactory, ScriptVersionFactory
from tests.factories.clients import WishesFactory, client
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db


def given(**fields: Any) -> dict[str, Any]:
    """A plan's fields, for calls to core clients, as they are kept."""
    script = fields.pop("script", None) or ScriptVersionFactory(script=ScriptFactory(kinds=["core"])).script
    usual = {
        "name": "核心客户", "filters": {}, "share": Decimal(1), "seed": "", "side": "branch", "script": script,
        "rank": 60, "due_count": 10, "due_unit": "working_days", "warn_days": 1, "cap": None, "overflow": "later",
        "quiet_days": 7, "cooldown_days": 90, "lapses": True, "why": "",
    }  # fmt: skip
    assert set(usual) == set(FIELDS)
    return usual | fields


def test_a_plan_is_made_changed_and_paused_version_by_version() -> None:
    hq = person("sales_trading_hq")
    plan = make_plan(code="core", kind="core", given=given(), by=hq, at=NOW)
    fields = {name: getattr(plan, name) for name in FIELDS}
    assert change_plan(plan=plan, given=fields, version=9, by=hq).version == 1  # nothing differs
    plan = change_plan(plan=plan, given=fields | {"cap": 5}, version=1, by=hq)
    assert (plan.version, plan.cap, plan.changed_by) == (2, 5, hq)
    with pytest.raises(ChangedMeanwhile) as refused:
        change_plan(plan=plan, given=fields | {"cap": 6}, version=1, by=hq)
    assert refused.value.stored.cap == 5
    plan = pause_plan(plan=plan, reason="节假日", by=hq)
    assert (plan.version, plan.pause_reason, plan.paused_by) == (3, "节假日", hq)
    plan = resume_plan(plan=plan, by=hq)
    assert (plan.version, plan.paused_at, plan.pause_reason) == (4, None, "")
    assert [len(change.fields) > 0 for change in history_of(plan)] == [True] * 4


def test_who_may_not_keep_plans_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        make_plan(code="core", kind="core", given=given(), by=person("call_centre_supervisor"))
    with pytest.raises(PermissionDenied):
        pause_plan(plan=plan_for("core"), reason="x", by=person("auditor"))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"share": Decimal(0)}, "share"),
        ({"share": Decimal("1.1")}, "share"),
        ({"cap": 0}, "cap"),
        ({"overflow": "sms"}, "overflow"),
        ({"due_unit": "months_after_opening"}, "due_unit"),
        ({"filters": {"tiers": ["iron"]}}, "filters"),
        ({"filters": {"movement_kinds": ["alert"]}}, "filters"),
        ({"filters": {"min_assets": "5", "max_assets": "5"}}, "filters"),
        ({"filters": []}, "filters"),
        ({"cooldown_days": 1000}, "cooldown_days"),
        ({"name": " "}, "name"),
    ],
)
def test_fields_that_do_not_fit_are_refused_each_at_its_place(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_plan(code="core", kind="core", given=given(**fields), by=person("sales_trading_hq"))
    assert set(refused.value.message_dict) == {field}
    assert not Plan.objects.exists()


def test_a_script_must_be_for_the_reason_and_published() -> None:
    for script in (ScriptFactory(kinds=["core"]), ScriptVersionFactory().script):
        with pytest.raises(ValidationError) as refused:
            make_plan(code="core", kind="core", given=given(script=script), by=person("sales_trading_hq"))
        assert set(refused.value.message_dict) == {"script"}


def test_the_first_plans_cover_every_reason_and_are_laid_once() -> None:
    assert lay_first_plans(at=NOW) == [line[0] for line in FIRST]
    Plan.objects.filter(code="core").update(name="我们的核心客户")
    assert lay_first_plans(at=NOW) == []
    assert Plan.objects.get(code="core").name == "我们的核心客户"
    movement = Plan.objects.get(code="movement")
    assert (movement.cap, movement.overflow, movement.cooldown_days, movement.due_unit) == (
        20,
        "sms",
        0,
        "trading_days",
    )
    assert Plan.objects.values("kind").distinct().count() == 12


def test_a_trial_finds_what_a_making_makes_and_stores_nothing() -> None:
    branch, run, hq = BranchFactory(), run_of(MONDAY), person("sales_trading_hq")
    for size in (1, 2, 3, 4):
        entered(run, client(branch=branch), "core", average_assets=size)
    plan = plan_for("core", cap=2, script=ScriptVersionFactory(script=ScriptFactory(kinds=["core"])).script)
    job = trials.request_trial(plan=plan, by=hq, at=NOW)
    jobs.run(job.pk)
    job.refresh_from_db()
    found = trials.trial_of(job)
    assert found is not None, job.error
    assert not Call.objects.exists()
    assert not Making.objects.exists()
    making = made_of(plan, run)
    assert found.counts == making.counts
    assert found.branches == [(branch.pk, {"made": 2, "later": 2})]
    assert [line.fate for line in found.lines] == ["later", "later", "made", "made"]
    # Tried after it was made, it would still make the same: what it made of the run does not count.
    again = trials.trial(plan=plan, occasion=of_run(run, TUESDAY), at=NOW)
    assert again.counts == making.counts
    # But a further plan would find them called.
    other = plan_for("core", cooldown_days=0)
    assert trials.trial(plan=other, occasion=of_run(run, TUESDAY), at=NOW).counts["known"] == 4


def test_there_is_nothing_to_try_without_a_run_or_for_a_complaint() -> None:
    for kind in ("core", "complaint_answered", "assigned"):
        with pytest.raises(JobRefused):
            trials.occasion_of(plan_for(kind), NOW)
    with pytest.raises(PermissionDenied):
        trials.request_trial(plan=plan_for("core"), by=person("callback_clerk"))


def test_the_listed_are_informed_once_unless_they_want_no_sms() -> None:
    lay_template()
    branch, run = BranchFactory(phone="021-5555"), run_of(MONDAY)
    clients = [client(branch=branch) for _ in range(3)]
    for place, one in enumerate(clients):
        entered(run, one, "movement", reasons={"movements": [flow(MONDAY, 900_000 - place)]})
    WishesFactory(client=clients[2], opt_outs=["sms"])
    making = made_of(plan_for("movement", cap=1, overflow="sms", cooldown_days=0), run)
    assert inform_listed(making=making, at=NOW) == 1
    assert inform_listed(making=making, at=NOW) == 1
    message = Message.objects.get()
    assert (message.about_no, "021-5555" in message.body) == (clients[1].client_no, True)
    assert message.next_try_at == dt.datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)  # asked for at 03:00
    record = ServiceRecord.objects.get(client=clients[1])
    assert (record.message, record.staff, record.summary) == (message, None, message.body)


def test_an_event_that_comes_twice_makes_calls_once(settings: Any) -> None:
    run = run_of(MONDAY)
    entered(run, client(), "core")
    plan = plan_for("core")
    event = publish(CHANGED, {"run": run.pk, "as_of": "2026-11-23", "baseline": False})
    assert deliver_event(event.pk) >= 1
    Delivery.objects.update(delivered_at=None, next_try_at=event.occurred_at)
    deliver_event(event.pk)
    assert (Call.objects.count(), plan.makings.count()) == (1, 1)
    assert counted(plan.makings.get()) == {"candidates": 1, "made": 1}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_calls_once() -> None:
    run = run_of(MONDAY)
    for _ in range(30):
        entered(run, client(), "core")
    plan, other = plan_for("core"), plan_for("core", cooldown_days=0)

    def work(one: Plan) -> int | None:
        try:
            made = make(plan=one, occasion=of_run(run, TUESDAY), at=NOW)
            return made.pk if made else None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(work, [plan, other] * 3))
    assert set(made) == set(Making.objects.values_list("pk", flat=True))
    assert Making.objects.count() == 2
    assert (Call.objects.count(), CallReason.objects.count()) == (30, 30)
    assert sum(making.counts["made"] for making in Making.objects.all()) == 30


def test_a_making_asks_as_many_questions_whatever_it_makes(django_assert_max_num_queries: Any) -> None:
    run, plan = run_of(MONDAY), plan_for("core")
    for _ in range(25):
        entered(run, client(), "core")
    with django_assert_max_num_queries(42):
        make(plan=plan, occasion=of_run(run, TUESDAY), at=NOW + dt.timedelta(minutes=1))
    assert Call.objects.count() == 25
