"""Who assigns calls is told in the morning what is due soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from callbacks.calls.models import Call
from callbacks.plans.warning import warn
from crm.messaging.models import Notice
from crm.organisation.models import Unit
from crm.worktime.arithmetic import SHANGHAI
from tests.clients.desk.helpers import browser_of
from tests.factories.calls import CallFactory, PlanFactory, ReasonFactory
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import BranchFactory, DepartmentFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 25, 8, 30, tzinfo=SHANGHAI)


def due(unit: Unit, days: float, warn_days: int = 10, **fields: Any) -> Call:
    made: Call = CallFactory(
        client=client(branch=unit) if unit.kind == "branch" else client(),
        unit=unit,
        due_at=NOW + dt.timedelta(days=days),
        **fields,
    )
    ReasonFactory(call=made, plan=PlanFactory(warn_days=warn_days))
    return made


def test_one_notice_a_unit_and_day_with_the_number_and_the_list() -> None:
    branch, other = BranchFactory(), BranchFactory()
    director, clerk = person("marketing_director", branch), person("callback_clerk", branch)
    due(branch, 9)
    due(branch, 1)
    due(branch, 11)
    due(branch, 5, warn_days=3)
    due(branch, -1)
    due(other, 12)
    with translation.override("en"):
        assert warn(at=NOW) == {branch.pk: 2}
        assert warn(at=NOW + dt.timedelta(hours=1)) == {branch.pk: 2}
    told = Notice.objects.get()
    assert (told.user, told.text) == (director, f"2 calls of {branch.name} are due soon.")
    assert clerk.pk != told.user_id
    page = browser_of(director).get(told.url)
    assert (page.status_code, len(page.context["page"].rows)) == (200, 5)
    warn(at=NOW + dt.timedelta(days=1))
    assert Notice.objects.count() == 2


def test_of_the_call_centre_its_supervisor_is_told() -> None:
    centre = DepartmentFactory()
    supervisor = person("call_centre_supervisor", centre)
    due(centre, 2)
    assert warn(at=NOW) == {centre.pk: 1}
    assert Notice.objects.get().user == supervisor
