"""What programs write into a call: answers, note, finding, tries, the outcome."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from callbacks.calls.choices import CallState
from callbacks.calls.models import Answer, Attempt, Call
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, NIGHT, Given
from tests.crm.api.conftest import Program
from tests.crm.api.conftest import program as program
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def morning() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


def post(made: Browser, call: Call, what: str, **sent: Any) -> Any:
    return made.post(f"/api/v1/calls/{call.pk}/{what}/", sent, content_type="application/json")


def test_an_answer_twice_and_another_meanwhile(clerk: User, held: Given, program: Program) -> None:
    call, made = held(), program(clerk)
    for _ in range(2):
        kept = post(made, call, "answers", question="satisfied", value="4", revision=0)
        assert (kept.status_code, kept.json()) == (200, {"value": 4, "note": "", "revision": 1, "critical": False})
    late = post(made, call, "answers", question="satisfied", value="5", revision=0)
    assert late.status_code == 409
    assert late.json()["detail"]
    assert (late.json()["stored"]["value"], late.json()["stored"]["revision"]) == (4, 1)
    assert post(made, call, "answers", question="satisfied", value="5", revision=1).json()["revision"] == 2
    shown = made.get(f"/api/v1/calls/{call.pk}/").json()
    assert [one["answer"]["value"] for one in shown["script"] if one["answer"]] == [5]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"question": "retired", "value": "yes"}, "detail"),
        ({"question": "satisfied", "value": 9}, "detail"),
        ({"question": "wish", "value": "坏\0字"}, "value"),
        ({"question": "wish", "value": "\ud800"}, "value"),
        ({"question": "wish", "value": ["x" * 20_000]}, "value"),
        ({"question": "wish", "value": "好", "revision": 2**31}, "revision"),
        ({"question": "wish"}, "value"),
    ],
)
def test_what_is_no_answer(clerk: User, held: Given, program: Program, sent: dict[str, Any], field: str) -> None:
    refused = post(program(clerk), held(), "answers", **{"revision": 0} | sent)
    assert (refused.status_code, list(refused.json())) == (400, [field])
    assert not Answer.objects.exists()


def test_who_may_write(branch: Unit, held: Given, program: Program) -> None:
    call = held()
    sent = {"question": "satisfied", "value": 4, "revision": 0}
    for who, status in (
        (person("callback_clerk", branch), 403),
        (person("auditor"), 403),
        (person("callback_clerk"), 404),
        (person("administrator"), 403),
    ):
        refused = post(program(who), call, "answers", **sent)
        assert (refused.status_code, bool(refused.json()["detail"])) == (status, True)
    assert post(Browser(), call, "answers", **sent).status_code == 401
    assert not Answer.objects.exists()


def test_note_and_finding(clerk: User, held: Given, program: Program) -> None:
    call, made = held(), program(clerk)
    assert post(made, call, "note", note="开会中", revision=0).json()["revision"] == 1
    late = post(made, call, "note", note="别的", revision=0)
    assert (late.status_code, late.json()["stored"]["note"]) == (409, "开会中")
    found = post(made, call, "finding", finding="own_decision", note="买房", revision=1).json()
    assert (found["finding"], found["finding_note"], found["revision"]) == ("own_decision", "买房", 2)
    assert post(made, call, "finding", finding="x", note="", revision=2).status_code == 400


def test_a_try_begun_once_and_ended(branch: Unit, clerk: User, held: Given, program: Program) -> None:
    call, made = held(), program(clerk)
    assert post(made, call, "attempts", phone="17").status_code == 400
    for _ in range(2):
        begun = post(made, call, "attempts")
        assert (begun.status_code, begun.json()["number"], begun.json()["by"]) == (201, 1, clerk.staff_no)
    assert post(program(person("callback_clerk", branch)), call, "attempts/end").status_code == 403
    assert post(made, call, "attempts/end").json()["ended_at"]
    assert post(made, call, "attempts/end").status_code == 409
    assert Attempt.objects.get().ended_at == MORNING
    told = made.get(f"/api/v1/calls/{call.pk}/events/").json()
    assert [(one["event"], one["source"], one["attempt"]) for one in told] == [("ended", "manual", 1)]


def test_nobody_is_dialled_at_night(clerk: User, held: Given, program: Program) -> None:
    with time_machine.travel(NIGHT, tick=False):
        call = held(at=NIGHT, kind="dormant")
        refused = post(program(clerk), call, "attempts")
    assert (refused.status_code, "outside the hours" in refused.json()["detail"]) == (403, True)


def test_an_outcome_and_what_is_missing_for_it(clerk: User, held: Given, program: Program) -> None:
    call, made = held(), program(clerk)
    refused = post(made, call, "outcome", outcome="complete")
    assert (refused.status_code, refused.json()["missing"]) == (400, ["opening", "own_wish", "satisfied"])
    assert list(post(made, call, "outcome", outcome="marvellous").json()) == ["outcome"]
    for code, value in (("opening", "read"), ("own_wish", "yes"), ("satisfied", 4)):
        assert post(made, call, "answers", question=code, value=value, revision=0).status_code == 200
    assert list(post(made, call, "outcome", outcome="complete").json()) == ["no_recording"]
    assert list(post(made, call, "outcome", outcome="complete", no_recording="故障").json()) == ["finding"]
    post(made, call, "finding", finding="own_decision", note="", revision=0)
    for _ in range(2):
        over = post(made, call, "outcome", outcome="complete", no_recording="故障").json()
        assert (over["state"], over["outcome"]) == ("done", "complete")
    late = post(made, call, "answers", question="satisfied", value=1, revision=1)
    assert (late.status_code, "has ended" in late.json()["detail"]) == (403, True)
    call.refresh_from_db()
    assert (call.state, call.complete, call.ended_by) == (CallState.DONE, True, clerk)
