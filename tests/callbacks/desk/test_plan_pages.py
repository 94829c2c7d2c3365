"""The pages of plans: who sees them, what they say, the editor, trials, listed movements, a list that is called."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from callbacks.calls.models import Call, CallReason
from callbacks.plans.making import make
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import of_run
from crm.jobs import services as jobs
from crm.jobs.models import Job
from tests.callbacks.plans.runs import entered, flow, run_of
from tests.callbacks.plans.test_making import plan_for
from tests.clients.desk.helpers import browser_of
from tests.factories.calls import ScriptFactory, ScriptVersionFactory
from tests.factories.clients import client
from tests.factories.lists import ClientListFactory, ClientListMemberFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db

HQ = "sales_trading_hq"


def browser(role: str | None, **more: Any) -> Browser:
    return browser_of(person(role, **more))


def core_plan(**fields: Any) -> Plan:
    script = ScriptVersionFactory(script=ScriptFactory(kinds=["core"])).script
    return plan_for("core", code="core", name="核心客户回访", script=script, lapses=True, **fields)


def made_today(plan: Plan, number: int = 3, **where: Any) -> Making:
    now = timezone.now()
    today = timezone.localdate(now)
    run = run_of(today - dt.timedelta(days=1))
    for place in range(number):
        movements = {"movements": [flow(run.as_of, 900_000 - place)]}
        entered(run, client(**where), plan.kind, average_assets=5_000_000, reasons=movements)
    made = make(plan=plan, occasion=of_run(run, today), at=now)
    assert made is not None
    return made


@pytest.fixture
def pages() -> list[str]:
    plan = core_plan()
    making = made_today(plan)
    return [
        reverse("callbacks:plans"),
        reverse("callbacks:plan", args=[plan.code]),
        reverse("callbacks:making", args=[making.pk]),
    ]


@pytest.mark.parametrize(
    ("role", "status"), [(HQ, 200), ("compliance", 200), ("auditor", 200), ("customer_manager", 403), (None, 403)]
)
def test_who_may_look_at_plans(pages: list[str], role: str | None, status: int) -> None:
    asked = browser(role)
    assert [asked.get(page).status_code for page in pages] == [status] * 3


def test_strangers_are_asked_to_sign_in(pages: list[str]) -> None:
    assert [Browser().get(page).status_code for page in pages] == [302] * 3


def test_the_list_says_what_was_made_with_few_queries(django_assert_max_num_queries: Any) -> None:
    made_today(core_plan())
    for _ in range(12):
        plan_for("dormant")
    asked = browser(HQ)
    with django_assert_max_num_queries(14):
        page = asked.get(reverse("callbacks:plans"))
    first = next(row for row in page.context["rows"] if row.plan.code == "core")
    assert (first.today, first.yesterday) == (3, 0)


def test_a_plan_is_changed_by_its_form_and_the_version_must_hold() -> None:
    plan, asked = core_plan(), browser(HQ)
    url = reverse("callbacks:plan-edit", args=[plan.code])
    fields = {
        "version": 1, "name": "核心", "side": "branch", "script": plan.script.pk, "share": "50", "rank": 60,
        "due_count": 10,
        "due_unit": "working_days", "warn_days": 1, "overflow": "later", "quiet_days": 7, "cooldown_days": 90,
        "tiers": ["diamond"], "min_assets": "1000000", "cap": "",
    }  # fmt: skip
    assert asked.get(url).status_code == 200
    assert asked.post(url, fields).status_code == 302
    plan.refresh_from_db()
    assert (plan.version, str(plan.share), plan.lapses) == (2, "0.5000", False)
    assert plan.filters == {"tiers": ["diamond"], "min_assets": "1000000"}
    late = asked.post(url, fields | {"name": "另一个"})
    assert late.status_code == 422
    assert late.context["form"].non_field_errors()
    assert asked.post(url, fields | {"share": "0", "version": 2}).status_code == 422
    assert browser("compliance").get(url).status_code == 403


def test_a_new_plan_begins_with_its_reason() -> None:
    asked, url = browser(HQ), reverse("callbacks:plan-new")
    assert "?kind=movement" in asked.get(url).content.decode()
    script = ScriptVersionFactory(script=ScriptFactory(kinds=["movement"])).script
    fields = {
        "code": "alerts", "name": "预警", "side": "branch", "script": script.pk, "share": "100", "rank": 5,
        "due_count": 1,
        "due_unit": "trading_days", "warn_days": 0, "overflow": "sms", "quiet_days": 0, "cooldown_days": 0, "cap": 20,
        "movement_kinds": ["alert"],
    }  # fmt: skip
    assert asked.post(f"{url}?kind=movement", fields).status_code == 302
    assert Plan.objects.get(code="alerts").filters == {"movement_kinds": ["alert"]}
    assert asked.post(f"{url}?kind=movement", fields).status_code == 422  # the code is taken


def test_a_plan_is_paused_with_a_reason_and_resumed() -> None:
    plan, asked = core_plan(), browser(HQ)
    asked.post(reverse("callbacks:plan-pause", args=[plan.code]), {"reason": " "})
    plan.refresh_from_db()
    assert plan.paused_at is None
    asked.post(reverse("callbacks:plan-pause", args=[plan.code]), {"reason": "系统升级"})
    assert "系统升级" in asked.get(reverse("callbacks:plan", args=[plan.code])).content.decode()
    asked.post(reverse("callbacks:plan-resume", args=[plan.code]))
    plan.refresh_from_db()
    assert (plan.paused_at, plan.version) == (None, 3)
    assert browser("compliance").post(reverse("callbacks:plan-pause", args=[plan.code])).status_code == 403


def test_a_trial_is_shown_to_whoever_asked_for_it() -> None:
    plan = core_plan(cap=2)
    one = client()
    made_today(plan, branch=one.branch)
    asked = browser("compliance")
    started = asked.post(reverse("callbacks:plan-try", args=[plan.code]))
    job = Job.objects.get(kind="callbacks.try_plan")
    assert started.headers["Location"] == reverse("callbacks:plan-trial", args=[job.pk])
    assert asked.get(started.headers["Location"]).status_code == 200
    jobs.run(job.pk)
    page = asked.get(started.headers["Location"])
    assert [(line[0], line[2]) for line in page.context["branches"]] == [(one.branch.name, 2)]
    assert [sum(numbers) for _day, numbers in page.context["days"]] == [2, 1]
    assert len(page.context["lines"]) == 3
    assert browser(HQ).get(started.headers["Location"]).status_code == 404
    assert browser("auditor").post(reverse("callbacks:plan-try", args=[plan.code])).status_code == 403


def test_trying_values_in_the_form_gives_the_panel_alone() -> None:
    plan, asked = core_plan(), browser(HQ)
    fields = {
        "do": "try", "name": "核心", "side": "branch", "script": plan.script.pk, "share": "50", "rank": 60,
        "due_count": 10,
        "due_unit": "working_days", "warn_days": 1, "overflow": "later", "quiet_days": 7, "cooldown_days": 90,
    }  # fmt: skip
    url = reverse("callbacks:plan-edit", args=[plan.code])
    panel = asked.post(url, fields, headers={"HX-Request": "true"})
    assert panel.content.decode().count("<form") <= 1
    assert Job.objects.get().params["plan"]["share"] == "0.5000"
    wrong = asked.post(url, fields | {"rank": "x"}, headers={"HX-Request": "true"})
    assert wrong.headers["HX-Retarget"] == "#plan-form"
    plan.refresh_from_db()
    assert plan.version == 1


def test_listed_movements_are_called_after_all_by_who_may() -> None:
    branch = BranchFactory()
    plan = plan_for("movement", cap=1, overflow="sms", cooldown_days=0)
    made_today(plan, branch=branch)
    clerk, director = browser("callback_clerk", unit=branch), browser("marketing_director", unit=branch)
    url = reverse("callbacks:listed")
    assert [len(one.get(url).context["rows"]) for one in (clerk, browser("callback_clerk"))] == [2, 0]
    chosen = CallReason.objects.filter(state="listed").first()
    assert chosen is not None
    post = reverse("callbacks:listed-call")
    assert clerk.post(post, {"reason": chosen.pk}).status_code == 403
    browser("marketing_director").post(post, {"reason": chosen.pk})  # of another branch: not his to see
    assert Call.objects.count() == 1
    director.post(post, {"reason": [chosen.pk, "x"]})
    assert Call.objects.count() == 2
    assert len(director.get(url).context["rows"]) == 1


def test_listed_movements_are_settled_by_who_may() -> None:
    branch = BranchFactory()
    made_today(plan_for("movement", cap=1, overflow="sms", cooldown_days=0), branch=branch)
    clerk, director = browser("callback_clerk", unit=branch), browser("marketing_director", unit=branch)
    post = reverse("callbacks:listed-settle")
    first, second = CallReason.objects.filter(state="listed").order_by("pk")
    assert post in director.get(reverse("callbacks:listed")).content.decode()
    assert post not in clerk.get(reverse("callbacks:listed")).content.decode()
    wanted = {"reason": first.pk, "verb": "settle", "why": "客户来电确认"}
    assert clerk.post(post, wanted).status_code == 403
    browser("marketing_director").post(post, wanted)  # of another branch: not his to see
    director.post(post, wanted | {"why": ""})
    assert CallReason.objects.filter(state="listed").count() == 2
    director.post(post, wanted)
    director.post(post, {"reason": second.pk, "verb": "drop", "why": "重复"})
    states = CallReason.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["met", "lapsed"]
    assert Call.objects.count() == 1


def test_a_list_is_looked_at_first_and_then_called() -> None:
    hq = person(HQ)
    person("call_centre_agent")
    kept = ClientListFactory(owner=hq)
    ClientListMemberFactory.create_batch(2, list=kept)
    script = ScriptVersionFactory(script=ScriptFactory(kinds=["assigned"])).script
    plan = plan_for("assigned", side="call_centre", script=script, cooldown_days=0)
    asked, url = browser_of(hq), reverse("callbacks:plan-assign")
    assert asked.get(f"{url}?list={kept.pk}").status_code == 200
    due = timezone.localdate() + dt.timedelta(days=20)
    fields = {"client_list": kept.pk, "plan": plan.pk, "script": script.pk, "due_on": f"{due:%F}", "key": "form-1"}
    asked.post(url, fields | {"do": "try"})
    jobs.run(Job.objects.get(kind="callbacks.try_plan").pk)
    assert Job.objects.get(kind="callbacks.try_plan").result["trial"]["counts"]["made"] == 2
    for _twice in range(2):
        assert asked.post(url, fields | {"do": "assign"}).status_code == 302
    job = Job.objects.get(kind="callbacks.assign_list")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, Call.objects.count()) == ("done", 2)
    assert asked.post(url, fields | {"due_on": "2020-01-01"}).status_code == 422
    assert browser("marketing_director").get(url).status_code == 403
