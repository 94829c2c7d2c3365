"""The decision of a second person, once, with a reason; and a version that has been used never changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction

from clients.segmentation.choices import PolicyState, RunKind
from clients.segmentation.models import Policy, Standing
from clients.segmentation.services import run_segmentation
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import (
    MORNING,
    NIGHT,
    TODAY,
    Firm,
    found,
    proposed,
)
from tests.clients.segmentation.pages.reading import text
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

LIST = "/segmentation/policies/"
APPROVE, REFUSE = {"verb": "approve"}, {"verb": "refuse", "reason": "Too many calls."}


def url(policy: Policy | int) -> str:
    return f"{LIST}{policy if isinstance(policy, int) else policy.version}/"


def decide(by: User | None, policy: Policy | int, data: dict[str, str]) -> Any:
    return browser_of(by).post(f"{url(policy)}decide/", data)


def said(response: Any) -> list[str]:
    """The notices of the page a form led to."""
    return [str(message) for message in response.context["messages"]]


def decided(policy: Policy) -> tuple[str, User | None, str]:
    fresh = Policy.objects.get(pk=policy.pk)
    return fresh.state, fresh.decided_by, fresh.decision_note


class TestDecision:
    def test_a_second_person_approves_and_the_runs_from_its_day_on_use_it(self, firm: Firm) -> None:
        waiting, officer = proposed(), person("compliance")

        response = browser_of(officer).post(f"{url(waiting)}decide/", APPROVE | {"reason": "Fine."}, follow=True)

        assert said(response) == ["Version 2 is approved."]
        assert decided(waiting) == (PolicyState.APPROVED, officer, "Fine.")
        assert run_segmentation(as_of=NIGHT, kind=RunKind.MANUAL, by=None) == firm.night
        run = run_segmentation(as_of=TODAY, kind=RunKind.MANUAL, by=None)
        assert run.policy == waiting
        tiers = dict(Standing.objects.filter(run=run).values_list("client_no", "tier"))
        assert tiers == {number: one.tier for number, one in found(TODAY, gold=900_000).items()}
        assert tiers["SZ1-down"] == "gold" != found(TODAY)["SZ1-down"].tier

    def test_a_refusal_says_why_and_no_night_uses_it(self, firm: Firm) -> None:
        waiting, officer = proposed(), person("sales_trading_hq")
        response = browser_of(officer).post(f"{url(waiting)}decide/", REFUSE, follow=True)
        assert said(response) == ["Version 2 is refused."]
        assert decided(waiting) == (PolicyState.REFUSED, officer, "Too many calls.")
        assert "Too many calls." in text(response)
        assert run_segmentation(as_of=TODAY, kind=RunKind.MANUAL, by=None).policy.version == 1

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
    def test_a_refusal_without_a_reason_is_asked_for_one(self, reason: str) -> None:
        waiting = proposed()
        response = decide(person("compliance"), waiting, REFUSE | {"reason": reason})
        assert "field-error" in text(response)
        assert decided(waiting) == (PolicyState.PROPOSED, None, "")

    @pytest.mark.parametrize("data", [{}, {"verb": "burn"}, {"verb": ""}, {"verb": "\0"}])
    def test_a_verb_that_is_none_decides_nothing(self, data: dict[str, str]) -> None:
        waiting = proposed()
        assert decide(person("compliance"), waiting, data).status_code == 200
        assert decided(waiting)[0] == PolicyState.PROPOSED

    @pytest.mark.parametrize("data", [APPROVE, REFUSE])
    def test_nobody_decides_on_his_own_proposal(self, data: dict[str, str]) -> None:
        author = person("sales_trading_hq")
        waiting = proposed(author)
        page = text(get(author, url(waiting)))
        assert "You proposed this version yourself; somebody else decides." in page
        assert f"{url(waiting)}decide/" not in page
        response = decide(author, waiting, data)
        assert response.status_code == 403
        assert "You proposed this version yourself" in response.content.decode()
        assert decided(waiting)[0] == PolicyState.PROPOSED

    @pytest.mark.parametrize("role", ["auditor", "risk_control", "general_manager", "operations_centre"])
    @pytest.mark.parametrize("data", [APPROVE, REFUSE, {"verb": "refuse"}, {}])
    def test_who_may_not_decide_is_told_who_may(self, role: str, data: dict[str, str]) -> None:
        waiting = proposed()
        response = decide(person(role), waiting, data)
        assert response.status_code == 403
        assert "Approve a policy proposed by somebody else" in response.content.decode()
        assert decided(waiting)[0] == PolicyState.PROPOSED

    @pytest.mark.parametrize("late", [APPROVE, REFUSE, {"verb": "refuse"}, {}])
    def test_the_first_decision_stands(self, late: dict[str, str]) -> None:
        waiting, first = proposed(), person("compliance")
        decide(first, waiting, APPROVE | {"reason": "Fine."})
        response = browser_of(person("sales_trading_hq")).post(f"{url(waiting)}decide/", late, follow=True)
        assert said(response) == ["Version 2 has been decided already."]
        assert decided(waiting) == (PolicyState.APPROVED, first, "Fine.")

    def test_a_proposal_whose_day_has_passed_can_only_be_refused(self) -> None:
        waiting, officer = proposed(), person("compliance")
        with time_machine.travel(MORNING + dt.timedelta(days=1), tick=False):
            late = browser_of(officer).post(f"{url(waiting)}decide/", APPROVE, follow=True)
            assert "a day that has passed" in said(late)[0]
            assert decided(waiting)[0] == PolicyState.PROPOSED
            decide(officer, waiting, REFUSE)
        assert decided(waiting)[0] == PolicyState.REFUSED


class TestTheDatabase:
    """Two people, and a decision with its moment, whatever the code might do."""

    @pytest.mark.parametrize("second", [False, True])
    def test_one_person_is_not_enough(self, second: bool) -> None:
        author, officer = person("sales_trading_hq"), person("compliance")
        change = {"state": "approved", "decided_at": MORNING, "decided_by": officer if second else author}
        waiting = Policy.objects.filter(pk=proposed(author).pk)
        if second:
            assert waiting.update(**change) == 1
        else:
            with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
                waiting.update(**change)

    def test_no_decision_without_its_moment(self) -> None:
        with pytest.raises(IntegrityError, match="decided_pair"), transaction.atomic():
            Policy.objects.filter(pk=proposed().pk).update(state="approved")


class TestNeverChanges:
    CHANGES: tuple[dict[str, Any], ...] = (
        {"rules": {}},
        {"name": "x"},
        {"effective_on": TODAY},
        {"state": "refused"},
        {"version": 7},
    )

    @pytest.mark.parametrize("data", [APPROVE, REFUSE])
    def test_a_used_version_is_not_decided_anew(self, firm: Firm, data: dict[str, str]) -> None:
        before = Policy.objects.values().get(version=1)
        response = browser_of(person("compliance")).post(f"{url(1)}decide/", data, follow=True)
        assert said(response) == ["Version 1 has been decided already."]
        assert f"{url(1)}decide/" not in text(response)
        assert Policy.objects.values().get(version=1) == before

    @pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
    def test_the_database_refuses_whatever_the_code_might_do(self, firm: Firm, change: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE crm_app")
            with pytest.raises(InternalError, match="never changes"), transaction.atomic():
                Policy.objects.filter(version=1).update(**change)
            cursor.execute("RESET ROLE")
