"""Something done to calls from the list: the question, the preview, the doing, the counts."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.desk import runners
from callbacks.desk.choosing import chosen_calls
from callbacks.desk.runners import request_action
from crm.jobs.models import Job, JobState
from crm.jobs.services import run
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.calls import CallFactory, ReasonFactory, claimed
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch as make_branch

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make_branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def director(unit: Unit) -> User:
    return person("marketing_director", unit)


@pytest.fixture
def clerk(unit: Unit) -> User:
    return person("callback_clerk", unit)


def calls_of(unit: Unit, number: int, **fields: Any) -> list[Call]:
    made: list[Call] = [CallFactory(client=client(branch=unit), unit=unit, **fields) for _ in range(number)]
    for one in made:
        ReasonFactory(call=one)
    return made


def post(user: User, **data: Any) -> Any:
    """What the question's form sends, with the number that it said."""
    asked = get(user, f"/calls/bulk/?{urlencode(data, doseq=True)}")
    expected = asked.context["number"] if asked.status_code == 200 else ""
    return browser_of(user).post("/calls/bulk/", {"key": str(uuid.uuid4()), "expected": expected} | data)


def result(response: Any) -> dict[str, Any]:
    assert response.status_code == 302, response.content[:500]
    found: dict[str, Any] = Job.objects.get(pk=response["Location"].rstrip("/").rsplit("/", 1)[1]).result
    return found


class TestQuestion:
    def test_says_how_many_exactly(self, unit: Unit, director: User) -> None:
        calls_of(unit, 3)

        page = get(director, "/calls/bulk/?verb=withdraw&query=reason%3Dmovement&all_matching=1")

        assert "Withdraw 3 calls" in page.content.decode()

    def test_offers_the_people_of_the_unit(self, unit: Unit, director: User, clerk: User) -> None:
        (one,) = calls_of(unit, 1, assignee=clerk)

        text = get(director, f"/calls/bulk/?verb=assign&picked={one.pk}").content.decode()

        assert f"{clerk.name} · {clerk.staff_no} · 1 open call" in text

    def test_nothing_ticked_leads_back(self, director: User) -> None:
        assert get(director, "/calls/bulk/?verb=withdraw")["Location"] == "/calls/"

    def test_a_filter_that_does_not_fit_chooses_nobody(self, unit: Unit, director: User) -> None:
        calls_of(unit, 1)

        assert get(director, "/calls/bulk/?verb=withdraw&query=moon%3D1&all_matching=1")["Location"] == "/calls/"

    def test_who_may_not(self, unit: Unit, clerk: User) -> None:
        (one,) = calls_of(unit, 1)

        assert get(None, f"/calls/bulk/?verb=assign&picked={one.pk}").status_code == 302
        assert get(clerk, f"/calls/bulk/?verb=assign&picked={one.pk}").status_code == 403


class TestDoing:
    def test_done_and_refused_are_counted(self, unit: Unit, director: User, clerk: User) -> None:
        calls_of(unit, 3)
        claimed(clerk, client=client(branch=unit), unit=unit)

        response = post(director, verb="withdraw", query="reason=movement", all_matching="1", reason="停办")

        came = result(response)
        assert (came["matched"], came["done"], came["refused"]) == (4, 3, {"worked_on": 1})
        page = get(director, response["Location"]).content.decode()
        assert "Refused: somebody is working on it" in page
        assert Call.objects.filter(state=CallState.WITHDRAWN).count() == 3

    def test_a_reason_is_asked_for(self, unit: Unit, director: User) -> None:
        (one,) = calls_of(unit, 1)

        response = post(director, verb="recall", picked=one.pk, reason="")

        assert response.status_code == 422

    def test_the_preview_does_nothing(self, unit: Unit, director: User, clerk: User) -> None:
        calls_of(unit, 2)

        asked = {"verb": "assign", "query": "reason=movement", "all_matching": "1", "preview": "1"}
        response = post(director, to=[clerk.staff_no], share="in_turn", **asked)

        assert response.status_code == 200
        assert response.context["preview"]["given"] == [(clerk.name, 2)]
        assert not Call.objects.filter(assignee__isnull=False).exists()

    def test_assigned_by_rule(self, unit: Unit, director: User, clerk: User) -> None:
        calls_of(unit, 3)
        other = person("callback_clerk", unit)

        response = post(
            director, verb="assign", query="", all_matching="1", to=[clerk.staff_no, other.staff_no], share="by_load"
        )

        assert result(response)["done"] == 3
        held = sorted(Call.objects.filter(assignee=one).count() for one in (clerk, other))
        assert held == [1, 2]

    def test_another_number_than_was_shown_is_asked_again(self, unit: Unit, director: User) -> None:
        calls_of(unit, 2)
        data = {"verb": "withdraw", "query": "reason=movement", "all_matching": "1", "reason": "停办"}

        asked = post(director, **data, expected=1)

        assert (asked.status_code, Call.objects.filter(state=CallState.WITHDRAWN).count()) == (422, 0)
        assert "2 calls are chosen now" in asked.content.decode()
        assert asked.context["form"]["expected"].value() == "2"
        assert result(post(director, **data, expected=2))["done"] == 2

    def test_a_double_click_of_what_leaves_the_list_does_it_once(self, unit: Unit, director: User) -> None:
        calls_of(unit, 1)
        data = {"verb": "withdraw", "query": "reason=movement", "all_matching": "1", "reason": "x", "expected": 1}
        data["key"] = str(uuid.uuid4())

        first, second = (browser_of(director).post("/calls/bulk/", data) for _ in range(2))

        assert first["Location"] == second["Location"]

    def test_a_double_click_does_it_once(self, unit: Unit, director: User) -> None:
        (one,) = calls_of(unit, 1)
        data = {"verb": "urge", "picked": one.pk, "rank": 3, "reason": "x", "key": str(uuid.uuid4()), "expected": 1}

        first, second = (browser_of(director).post("/calls/bulk/", data)["Location"] for _ in range(2))

        assert first == second
        assert Job.objects.filter(kind="callbacks.bulk").count() == 1

    def test_another_branchs_calls_are_not_touched(self, unit: Unit, director: User) -> None:
        (foreign,) = calls_of(make_branch(), 1)

        response = post(director, verb="withdraw", picked=foreign.pk, reason="x")

        assert response.status_code == 200 or result(response)["done"] == 0
        foreign.refresh_from_db()
        assert foreign.state == CallState.WAITING

    def test_the_result_is_its_own(self, unit: Unit, director: User) -> None:
        (one,) = calls_of(unit, 1)
        where = post(director, verb="urge", picked=one.pk, rank=3, reason="x")["Location"]

        assert get(person("marketing_director", unit), where).status_code == 404

    def test_many_are_left_to_a_worker(self, unit: Unit, director: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(runners, "MANY", 1)
        calls_of(unit, 2)

        job = request_action(
            verb="withdraw", params={"reason": "x"}, query="", picked=[], expected=2, by=director, key="k"
        )

        assert job.state == JobState.QUEUED
        assert run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result["done"]) == (JobState.DONE, 2)

    def test_what_cannot_be_done_any_more_fails_in_words(self, unit: Unit, director: User) -> None:
        calls_of(unit, 1)
        director.language = "en"
        director.save()

        job = request_action(
            verb="urge", params={"reason": "x", "rank": 5000}, query="", picked=[], expected=1, by=director, key="k"
        )
        job.refresh_from_db()

        assert (job.state, "from 1 to 999" in job.error) == (JobState.FAILED, True)


def test_a_filter_of_another_time_is_refused(director: User, unit: Unit) -> None:
    calls_of(unit, 1)
    with pytest.raises(ValidationError, match="moon"):
        chosen_calls(director, "moon=1", [], Call.objects.get().made_at)
