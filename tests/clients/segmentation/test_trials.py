"""Trials: from where to where, the calls they would make, and nothing stored but under their job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from clients.profile.models import Client
from clients.segmentation.models import Run, SegmentChange, Standing, TrialResult
from clients.segmentation.rules import PolicyError
from clients.segmentation.trials import BranchCalls, forget_trials, is_kept, request_trial, trial, trial_of
from crm.jobs import services as jobs
from crm.jobs.models import Job
from tests.clients.segmentation.conftest import DAY
from tests.factories.ledger import AlertFactory
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

Holder = Callable[..., Client]
RunOf = Callable[..., Run]


def test_matrices_lead_from_today_to_the_tried_boxes(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    holder(10_000, branch=rich.branch)
    run()
    found = trial(policy_rules={"tiers": {"diamond": 5_000_000}, "order": ["core"]}, as_of=DAY)
    assert found.tier == {"platinum": {"diamond": 1}, "silver": {"silver": 1}}
    assert found.group == {"core": {"core": 1}, "no_trade": {"general": 1}}
    assert (found.clients, found.changed) == (2, 2)


def test_clients_in_no_run_stand_beside(holder: Holder, run: RunOf) -> None:
    gone = holder(10_000)
    run()
    Client.objects.filter(pk=gone.pk).update(status="closed", closed_on=DAY)
    holder(20_000)
    found = trial(policy_rules={}, as_of=DAY)
    assert found.tier == {"silver": {"": 1}, "": {"silver": 1}}


def test_calls_are_the_matches_entered(holder: Holder, run: RunOf) -> None:
    rich = holder(2_000_000)
    run()
    AlertFactory(client=rich, raised_on=DAY)
    (branch,) = trial(policy_rules={"core": {"min_tier": "gold"}}, as_of=DAY).calls
    assert branch.branch_id == rich.branch_id
    assert {code: n for code, n in branch.entries.items() if n} == {"movement": 1, "core": 1}
    assert (branch.calls, branch.sms) == (2, 0)


def test_a_firms_first_run_calls_new_clients_alone(holder: Holder) -> None:
    holder(5_000_000)
    holder(10, opened_on=DAY)
    assert [one.entries for one in trial(policy_rules={}, as_of=DAY).calls] == [{"new": 1}]


def test_movements_beyond_the_cap_get_an_sms() -> None:
    calls = BranchCalls(1, {"movement": 27, "new": 3})
    assert (calls.calls, calls.sms) == (23, 7)


def test_nothing_is_stored(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    before = Standing.objects.values().get(client=rich)
    trial(policy_rules={"order": []}, as_of=DAY)
    assert Standing.objects.values().get(client=rich) == before
    assert (Run.objects.count(), SegmentChange.objects.count(), TrialResult.objects.count()) == (1, 1, 0)


def test_a_job_keeps_its_clients_for_a_day(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    job = request_trial(policy_rules={"order": []}, as_of=DAY, by=person("sales_trading_hq"))
    assert trial_of(job) is None
    assert jobs.run(job.pk)
    job = Job.objects.get(pk=job.pk)
    found = trial_of(job)
    assert found is not None
    assert found.group == {"core": {"general": 1}}
    assert [one.client_id for one in TrialResult.objects.filter(job=job)] == [rich.pk]
    assert forget_trials(at=timezone.now()) == 0
    assert is_kept(job)
    assert forget_trials(at=timezone.now() + dt.timedelta(days=2)) == 1
    assert not is_kept(job)


def test_clients_out_of_scope_stay_out(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    job = request_trial(policy_rules={}, as_of=DAY, by=person("sales_trading_hq"))
    jobs.run(job.pk)
    kept = TrialResult.objects.filter(job=job)
    assert kept.visible_to(person("general_manager", rich.branch)).count() == 1
    assert kept.visible_to(person("general_manager")).count() == 0


def test_who_may_not_try_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        request_trial(policy_rules={}, as_of=DAY, by=person("general_manager"))
    with pytest.raises(PolicyError, match="speed"):
        request_trial(policy_rules={"speed": 1}, as_of=DAY, by=person("compliance"))
