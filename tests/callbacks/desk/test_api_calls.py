"""Calls for programs: the lists, one call, claiming, passing on, handing over."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from callbacks.calls.choices import CallState, HandOverState
from callbacks.calls.models import Call, HandOver
from clients.profile.models import Client
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, Given
from tests.crm.api.conftest import Program
from tests.crm.api.conftest import program as program
from tests.factories.calls import CallFactory, OutcomeCodeFactory, ReasonFactory
from tests.factories.clients import ClientFactory
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_morning")]
URL = "/api/v1/calls/"
MOST_QUERIES, MOST_OF_A_LIST = 30, 16


@pytest.fixture
def english_morning() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


def post(made: Browser, url: str, **sent: Any) -> Any:
    return made.post(url, sent, content_type="application/json")


def waiting(branch: Unit, number: str = "10800001", **fields: Any) -> Call:
    """A call of the branch that may be dialled."""
    made: Call = CallFactory(client=ClientFactory(branch=branch, client_no=number, name="张伟"), **fields)
    ReasonFactory(call=made, facts={"what": "回访"}, kind="assigned")
    return made


def party(call: Call) -> Client:
    assert call.client is not None
    return call.client


class TestLists:
    def test_in_scope_masked_and_filtered(self, branch: Unit, clerk: User, program: Program) -> None:
        one, _other = waiting(branch), CallFactory()
        made = program(clerk)
        (line,) = made.get(URL).json()["results"]
        assert (line["id"], line["client_no"], line["name"], line["why"]) == (one.pk, "10800001", "张**", "回访")
        assert made.get(URL, {"state": "claimed"}).json()["results"] == []
        assert made.get(URL, {"q": "10800001"}).json()["count"] == {"number": 1, "capped": False}
        assert program(person("administrator")).get(URL).status_code == 403
        assert Browser().get(URL).status_code == 401

    @pytest.mark.parametrize("wrong", [{"state": "x"}, {"sort": "';--"}, {"at": "garbage"}, {"limit": "0"}])
    def test_what_is_not_understood_is_an_error(self, clerk: User, program: Program, wrong: dict[str, str]) -> None:
        answer = program(clerk).get(URL, wrong)
        assert answer.status_code == 400
        assert answer.json()

    def test_every_call_once_page_by_page(self, branch: Unit, clerk: User, program: Program) -> None:
        calls = [waiting(branch, f"1080000{number}", rank=number % 3) for number in range(7)]
        made, url, seen = program(clerk), f"{URL}?limit=3", []
        while url:
            answer = made.get(url.removeprefix("http://testserver")).json()
            seen += [one["id"] for one in answer["results"]]
            url = answer["next"]
        assert seen == [one.pk for one in sorted(calls, key=lambda one: (one.rank, one.due_at, one.pk))]

    def test_as_many_queries_however_many_calls(
        self, branch: Unit, clerk: User, program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(12):
            waiting(branch, f"108000{number:02}")
        made = program(clerk)
        made.get(URL)
        with django_assert_max_num_queries(MOST_OF_A_LIST):
            assert len(made.get(URL).json()["results"]) == 12

    def test_what_has_ended(self, branch: Unit, clerk: User, program: Program) -> None:
        code = OutcomeCodeFactory(code="refused_now", label_en="Refused")
        over = waiting(branch, state=CallState.DONE, ended_at=MORNING, ended_by=clerk, outcome=code)
        made = program(clerk)
        (line,) = made.get(f"{URL}ended/").json()["results"]
        assert (line["id"], line["outcome"], line["ended_by"]) == (over.pk, "Refused", clerk.name)
        assert made.get(URL).json()["results"] == []


class TestOne:
    def test_whoever_holds_it_sees_whom_and_what_to_ask(self, clerk: User, held: Given, program: Program) -> None:
        call = held()
        shown = program(clerk).get(f"{URL}{call.pk}/").json()
        assert shown["mine"] is True
        assert shown["name"] == party(call).name
        assert [one["number"] for one in shown["numbers"]] == ["13800136021"]
        assert [one["code"] for one in shown["script"]] == ["opening", "own_wish", "satisfied", "wish"]
        assert [one["words"] for one in shown["reasons"]] == [shown["sentence"]]
        assert [one["words"] for one in shown["steps"]] == ["Next"]

    def test_anybody_else_sees_it_masked_which_is_put_down(self, branch: Unit, held: Given, program: Program) -> None:
        call, other = held(), person("callback_clerk", branch)
        shown = program(other).get(f"{URL}{call.pk}/").json()
        assert (shown["mine"], shown["numbers"], shown["script"]) == (False, [], [])
        assert shown["name"] != party(call).name
        assert "13800136021" not in str(shown)
        assert ReadLog.objects.filter(by=other, kind="page", subject_no=party(call).client_no).exists()

    def test_out_of_scope_is_not_found(self, held: Given, program: Program) -> None:
        stranger = program(person("callback_clerk"))
        for pk in (held().pk, "9" * 18, "9" * 30, "x"):
            assert stranger.get(f"{URL}{pk}/").status_code == 404

    def test_a_fixed_number_of_queries(
        self, clerk: User, held: Given, program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        made, url = program(clerk), f"{URL}{held().pk}/"
        made.get(url)
        with django_assert_max_num_queries(MOST_QUERIES):
            assert made.get(url).status_code == 200


class TestTaking:
    def test_next_twice_is_the_same_call(self, branch: Unit, clerk: User, program: Program) -> None:
        urgent = waiting(branch, rank=1)
        waiting(branch, "10800002", rank=2)
        made = program(clerk)
        answers = [post(made, f"{URL}next/") for _ in range(2)]
        assert [(one.status_code, one.json()["id"]) for one in answers] == [(200, urgent.pk)] * 2
        urgent.refresh_from_db()
        assert (urgent.state, urgent.claimed_by) == (CallState.CLAIMED, clerk)

    def test_nothing_waits(self, clerk: User, program: Program) -> None:
        answer = post(program(clerk), f"{URL}next/")
        assert (answer.status_code, answer.content) == (204, b"")

    def test_who_makes_no_calls_is_told_so(self, branch: Unit, clerk: User, program: Program) -> None:
        waiting(branch)
        for made in (program(person("counter_clerk", branch)), program(clerk, "callbacks.view_calls")):
            answer = post(made, f"{URL}next/")
            assert (answer.status_code, "Work on calls" in answer.json()["detail"]) == (403, True)
        assert Call.objects.get().state == CallState.WAITING

    def test_a_certain_call(self, branch: Unit, clerk: User, program: Program) -> None:
        call, made = waiting(branch), program(clerk)
        url = f"{URL}{call.pk}/take/"
        assert post(made, url).json() == {"reason": ["This field is required."]}
        assert post(program(person("callback_clerk")), url, reason="来电").status_code == 404
        assert post(made, url, reason="客户正在线上").json()["mine"] is True
        answer = post(program(person("callback_clerk", branch)), url, reason="来电")
        assert (answer.status_code, "somebody was faster" in answer.json()["detail"]) == (409, True)

    def test_passed_on_and_given_back(self, clerk: User, held: Given, program: Program) -> None:
        made, passed, released = program(clerk), held(), held()
        url = f"{URL}{passed.pk}/skip/"
        assert post(made, url, reason="mood").status_code == 400
        assert list(post(made, url, reason="other").json()) == ["note"]
        assert post(made, url, reason="language").json()["state"] == "waiting"
        assert post(made, url, reason="language").status_code == 403, "it is not his any more"
        assert post(made, f"{URL}{released.pk}/release/").json()["skips"] == 0
        assert post(made, f"{URL}{released.pk}/release/").status_code == 403


class TestHandingOn:
    def test_offered_accepted(self, branch: Unit, clerk: User, held: Given, program: Program) -> None:
        call, other = held(), person("callback_clerk", branch)
        giving, taking = program(clerk), program(other)
        for _ in range(2):
            offered = post(giving, f"{URL}{call.pk}/handovers/", to=other.staff_no, reason="换班")
            assert offered.status_code == 201
        (waits,) = taking.get("/api/v1/handovers/").json()
        assert (waits["id"], waits["from_user"]) == (offered.json()["id"], clerk.staff_no)
        url = f"/api/v1/handovers/{waits['id']}/"
        assert post(program(person("callback_clerk", branch)), f"{url}accept/").status_code == 404
        assert post(giving, f"{url}accept/").status_code == 403
        for _ in range(2):
            assert post(taking, f"{url}accept/").json()["mine"] is True
        late = post(taking, f"{url}decline/", reason="忙")
        assert (late.status_code, late.json()["detail"]) == (409, "This offer is over.")

    def test_declined_with_a_reason(self, branch: Unit, clerk: User, held: Given, program: Program) -> None:
        call, other = held(), person("callback_clerk", branch)
        url = f"{URL}{call.pk}/handovers/"
        assert list(post(program(clerk), url, to="nobody", reason="换班").json()) == ["to"]
        assert list(post(program(clerk), url, to=clerk.staff_no, reason="换班").json()) == ["to"]
        offered = post(program(clerk), url, to=other.staff_no, reason="换班").json()["id"]
        declining = f"/api/v1/handovers/{offered}/decline/"
        assert list(post(program(other), declining).json()) == ["reason"]
        assert post(program(other), declining, reason="也要下班").json()["answer"] == "也要下班"
        assert HandOver.objects.get().state == HandOverState.DECLINED
        call.refresh_from_db()
        assert call.claimed_by == clerk
