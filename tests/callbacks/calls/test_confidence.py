"""From whom it is kept what was said in a call."""

from __future__ import annotations

import pytest

from callbacks.calls.choices import ReasonKind
from callbacks.calls.confidence import kept_from
from callbacks.calls.models import Call
from callbacks.desk.call_trace import trace_of
from tests.factories.calls import AttemptFactory, CallFactory, ConcernFactory
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db


def test_from_the_manager_of_whom_it_may_speak() -> None:
    branch = BranchFactory()
    manager, clerk = person("customer_manager", branch), person("callback_clerk", branch)
    call = CallFactory(client=ClientFactory(branch=branch, manager=manager), note="客户称经理代为操作")
    AttemptFactory(call=call, by=clerk)
    assert kept_from(call, manager)
    assert not kept_from(call, clerk)
    trace = trace_of(call, [], manager)
    assert trace.is_kept
    assert call.note == ""


def test_from_the_branch_once_an_answer_was_critical() -> None:
    branch = BranchFactory()
    director, compliance = person("marketing_director", branch), person("compliance")
    call = CallFactory(client=ClientFactory(branch=branch))
    assert not kept_from(call, director)
    ConcernFactory(call=call)
    assert kept_from(call, director)
    assert not kept_from(call, compliance)
    assert not kept_from(call, person("call_centre_supervisor"))


def test_a_customer_manager_sees_what_he_may_call_about_and_not_what_may_be_about_him() -> None:
    branch = BranchFactory()
    manager = person("customer_manager", branch)
    own = ClientFactory(branch=branch, manager=manager)
    courtesy = CallFactory(client=own, kind=ReasonKind.CORE)
    CallFactory(client=own, kind=ReasonKind.CONDUCT_SAMPLE)
    assert list(Call.objects.visible_to(manager)) == [courtesy]
