"""Policies: two people, a number of their own, a day that has not passed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction

from clients.segmentation.choices import PolicyState
from clients.segmentation.models import Policy
from clients.segmentation.proposals import approve_policy, propose_policy, refuse_policy, why_not_decide
from clients.segmentation.rules import PolicyError, Rules
from clients.segmentation.selectors import policy_for
from crm.organisation.models import User
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AT = dt.datetime(2026, 11, 20, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
TODAY = AT.date()


def proposed(by: User, effective_on: dt.date = TODAY) -> Policy:
    return propose_policy(
        name="More core", rules_given={"new": {"days": 60}}, effective_on=effective_on, note="asked for", by=by, at=AT
    )


def test_a_proposal_waits_complete_and_numbered() -> None:
    first, second = (proposed(person("sales_trading_hq")) for _ in range(2))
    assert (first.version, second.version, first.state) == (2, 3, PolicyState.PROPOSED)
    assert (first.rules["new"], first.rules["window_months"]) == ({"days": 60}, 3)
    assert policy_for(TODAY).version == 1


def test_another_person_approves_and_the_day_decides() -> None:
    policy = proposed(person("sales_trading_hq"), TODAY + dt.timedelta(days=2))
    decided = approve_policy(policy=policy, by=person("compliance"), note="fine", at=AT)
    assert (decided.state, decided.decision_note) == (PolicyState.APPROVED, "fine")
    assert policy_for(TODAY + dt.timedelta(days=1)).version == 1
    assert policy_for(TODAY + dt.timedelta(days=2)).version == 2


def test_of_two_versions_for_a_day_the_higher_is_in_force() -> None:
    by, second = person("sales_trading_hq"), person("compliance")
    for policy in [proposed(by), proposed(by)]:
        approve_policy(policy=policy, by=second, at=AT)
    assert policy_for(TODAY).version == 3


def test_nobody_decides_on_his_own_proposal() -> None:
    by = person("sales_trading_hq")
    policy = proposed(by)
    assert "yourself" in why_not_decide(policy, by)
    with pytest.raises(PermissionDenied, match="yourself"):
        approve_policy(policy=policy, by=by, at=AT)
    with pytest.raises(PermissionDenied, match="yourself"):
        refuse_policy(policy=policy, by=by, note="no", at=AT)


def test_a_refusal_needs_a_reason_and_ends_it() -> None:
    policy, by = proposed(person("sales_trading_hq")), person("compliance")
    with pytest.raises(PolicyError, match="why you refuse"):
        refuse_policy(policy=policy, by=by, note=" ", at=AT)
    assert refuse_policy(policy=policy, by=by, note="too many calls", at=AT).state == PolicyState.REFUSED
    with pytest.raises(PolicyError, match="decided already"):
        approve_policy(policy=policy, by=by, at=AT)
    assert policy_for(TODAY).version == 1


def test_no_day_that_has_passed() -> None:
    with pytest.raises(PolicyError, match="has passed"):
        proposed(person("sales_trading_hq"), TODAY - dt.timedelta(days=1))
    policy = proposed(person("sales_trading_hq"))
    with pytest.raises(PolicyError, match="has passed"):
        approve_policy(policy=policy, by=person("compliance"), at=AT + dt.timedelta(days=1))


@pytest.mark.parametrize("role", ["auditor", "general_manager", "administrator"])
def test_without_the_permission_neither(role: str) -> None:
    policy, by = proposed(person("sales_trading_hq")), person(role)
    with pytest.raises(PermissionDenied):
        proposed(by)
    with pytest.raises(PermissionDenied):
        approve_policy(policy=policy, by=by, at=AT)


def test_rules_that_cannot_be_used_are_refused() -> None:
    by = person("sales_trading_hq")
    with pytest.raises(PolicyError, match=r"new\.hours"):
        propose_policy(name="x", rules_given={"new": {"hours": 1}}, effective_on=TODAY, note="y", by=by, at=AT)
    with pytest.raises(PolicyError, match="name and a reason"):
        propose_policy(name=" ", rules_given=Rules(), effective_on=TODAY, note="y", by=by, at=AT)


def test_a_decided_version_never_changes() -> None:
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        Policy.objects.filter(version=1).update(name="another")
    with pytest.raises(InternalError, match="never deleted"), transaction.atomic():
        Policy.objects.filter(version=1)._raw_delete("default")
