"""Calls that everybody of their branch is recused from are held."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from callbacks.calls.choices import Hold
from callbacks.calls.models import Call
from callbacks.queue.recusing import hold_nobodys
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.factories.calls import CallFactory
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db


def waits(branch: Unit, *recused: User, **fields: Any) -> Call:
    fields.setdefault("client", client(branch=branch))
    made: Call = CallFactory(unit=branch, recused=[one.pk for one in recused], **fields)
    return made


def held(call: Call) -> str:
    call.refresh_from_db()
    return call.hold


def test_held_where_all_callers_are_recused(branch: Unit, clerk: User) -> None:
    other = person("callback_clerk", branch)
    nobody, one_left = waits(branch, clerk, other), waits(branch, clerk)
    assigned = waits(branch, clerk, other, assignee=clerk)
    assert hold_nobodys() == 1
    assert hold_nobodys() == 0
    assert (held(nobody), nobody.ready, held(one_left), held(assigned)) == (Hold.NOBODY, False, "", "")
    step = Transition.objects.get(object_id=nobody.pk)
    assert (step.verb, step.by, step.details) == ("hold", None, {"hold": "nobody"})


def test_a_regulated_script_recuses_todays_manager(branch: Unit, clerk: User) -> None:
    his = client(branch=branch, manager=clerk)
    regulated, courtesy = waits(branch, client=his), waits(branch, client=his, regulated=False)
    hold_nobodys()
    assert (held(regulated), held(courtesy)) == (Hold.NOBODY, "")


def test_who_has_left_does_not_count_and_a_unit_without_callers_recuses_nobody(branch: Unit, clerk: User) -> None:
    gone = person("callback_clerk", branch)
    User.objects.filter(pk=gone.pk).update(left_on=timezone.localdate() - dt.timedelta(days=1))
    call, empty = waits(branch, clerk), waits(BranchFactory(), clerk)
    assert hold_nobodys() == 1
    assert (held(call), held(empty)) == (Hold.NOBODY, "")
