"""Answers: saved as given, once, only by who holds the call; critical ones raise a concern that stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.calls.answers import AnsweredMeanwhile, answers_of, save_answer
from callbacks.calls.choices import ConcernKind
from callbacks.calls.freezing import freeze_scripts
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Answer, Call, Concern
from callbacks.calls.outcomes import finish
from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script, ScriptVersion
from crm.events.models import Event
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, Given, code
from tests.factories.calls import ScriptFactory, ScriptVersionFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_with_its_version_and_who_gave_it(held: Given, clerk: User) -> None:
    call = held()
    save_answer(call=call, question="satisfied", value="4", note=" 客户说不错 ", by=clerk, at=MORNING)
    kept = Answer.objects.get(call=call)
    assert (kept.value, kept.note, kept.revision, kept.by, kept.at) == (4, "客户说不错", 1, clerk, MORNING)
    assert kept.version_id == call.script_versions[0]
    assert not kept.critical


def test_the_same_answer_twice_is_kept_once(held: Given, clerk: User) -> None:
    call = held()
    first = save_answer(call=call, question="satisfied", value=4, by=clerk)
    again = save_answer(call=call, question="satisfied", value=4, by=clerk)
    assert (again.pk, again.revision) == (first.pk, 1)
    assert first.events.count() == 1  # type: ignore[attr-defined]


def test_a_second_window_gets_both_versions_and_nothing_is_lost(held: Given, clerk: User) -> None:
    call = held()
    save_answer(call=call, question="satisfied", value=4, by=clerk)
    with pytest.raises(AnsweredMeanwhile) as conflict:
        save_answer(call=call, question="satisfied", value=2, by=clerk, revision=0)
    assert conflict.value.stored.value == 4
    save_answer(call=call, question="satisfied", value=2, by=clerk, revision=conflict.value.stored.revision)
    assert Answer.objects.get(call=call).value == 2
    history = Answer.objects.get(call=call).events.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [event.value for event in history] == [4, 2]


def test_a_question_of_another_version_is_refused_in_words(held: Given, clerk: User) -> None:
    call = held()
    with pytest.raises(ValidationError) as refused:
        save_answer(call=call, question="retired", value="yes", by=clerk)
    assert refused.value.code == "question"


@pytest.mark.parametrize("value", ["6", "yes", None, [], {"a": 1}, True])
def test_what_is_no_answer_is_refused(held: Given, clerk: User, value: object) -> None:
    call = held()
    with pytest.raises(ValidationError):
        save_answer(call=call, question="satisfied", value=value, by=clerk)
    assert not Answer.objects.exists()


def test_an_optional_question_may_be_passed_over(held: Given, clerk: User) -> None:
    call = held()
    save_answer(call=call, question="wish", value=None, by=clerk)
    assert answers_of(call)["wish"].value is None


def test_a_critical_answer_raises_a_concern_that_taking_back_does_not_remove(held: Given, clerk: User) -> None:
    call = held()
    given = save_answer(call=call, question="own_wish", value="no", note="经理代办", by=clerk)
    save_answer(call=call, question="own_wish", value="yes", revision=given.revision, by=clerk)
    concern = Concern.objects.get(call=call, kind=ConcernKind.CRITICAL_ANSWER)
    assert (concern.question, concern.asked, concern.by) == ("own_wish", "这笔操作是您本人办理的吗？", clerk)
    assert "经理代办" in concern.said
    published = Event.objects.get(name="conduct.voiced")
    assert published.payload == {"concern": concern.pk, "call": call.pk, "client": call.client_id}


def test_only_who_holds_the_call_answers(held: Given, clerk: User, branch: Unit) -> None:
    call, colleague = held(), person("callback_clerk", branch)
    with pytest.raises(NotHeld):
        save_answer(call=call, question="satisfied", value=4, by=colleague)
    with pytest.raises(PermissionDenied) as refused:
        save_answer(call=call, question="satisfied", value=4, by=person("counter_clerk", branch))
    assert not isinstance(refused.value, NotHeld)
    assert not Answer.objects.exists()


def test_a_finished_call_never_changes(held: Given, clerk: User) -> None:
    call = held()
    call.finding = "own_decision"
    call.save()
    finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    with pytest.raises(NotHeld):
        save_answer(call=call, question="satisfied", value=4, by=clerk)


def test_a_call_keeps_the_version_it_began_with(held: Given, clerk: User, script: Script) -> None:
    call = held()
    began_with = call.script_versions
    ScriptVersion.objects.filter(script=script).update(state=VersionState.RETIRED)
    ScriptVersionFactory(script=script, number=2)
    assert freeze_scripts(call=call, by=clerk).script_versions == began_with


def test_a_reason_that_joined_meanwhile_adds_its_script(held: Given, clerk: User) -> None:
    call = held()
    other = ScriptVersionFactory(content={"questions": [{"code": "extra", "kind": "text", "text": "？"}]})
    call.reasons.create(
        client=call.client, kind="coverage", subject="2026", script=other.script, rank=1, due_at=call.due_at,
        made_at=timezone.now(),
    )  # fmt: skip
    assert freeze_scripts(call=call, by=clerk).script_versions == [other.pk, *call.script_versions]


def test_a_manager_asks_the_courtesy_version_of_his_own_clients_script(held: Given, branch: Unit) -> None:
    manager = person("customer_manager", branch)
    courtesy = ScriptVersionFactory(script=ScriptFactory(kinds=["core"], regulated=False))
    call = held(reason={"kind": "core"}, kind="core")
    regulated = call.script_versions
    type(call).objects.filter(pk=call.pk).update(script_versions=[])
    assert call.client is not None
    call.client.manager = manager
    call.client.save()
    assert freeze_scripts(call=call, by=manager).script_versions == [courtesy.pk]
    clerk = person("callback_clerk", branch)
    assert freeze_scripts(call=call, by=clerk).script_versions == regulated


@pytest.mark.parametrize(("left", "renewed"), [(10, True), (20, False)])
def test_an_answer_renews_a_lease_of_which_less_than_half_is_left(
    held: Given, clerk: User, left: int, renewed: bool
) -> None:
    call, now = held(), timezone.now()
    Call.objects.filter(pk=call.pk).update(lease_until=now + dt.timedelta(minutes=left))
    save_answer(call=call, question="satisfied", value=4, by=clerk)
    until = Call.objects.get(pk=call.pk).lease_until
    assert until is not None
    assert (until >= now + dt.timedelta(minutes=30)) is renewed
