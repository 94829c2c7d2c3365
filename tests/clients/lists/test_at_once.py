"""A double click whose two requests run at the same moment: one action, one job, one effect."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client as Browser

from clients.care.models import Handover
from clients.lists import bulk
from clients.lists.models import BulkAction, ClientList, ClientListMember, ClientTag, Tag
from clients.profile.models import Client
from crm.events.models import Event
from crm.exports.models import Export
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import Unit, User
from tests.clients.care.at_once import Elsewhere, row_held, wait_until_waiting
from tests.clients.desk.helpers import browser_of
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> Unit:
    return branch(code="B1")


@pytest.fixture
def few(here: Unit) -> list[Client]:
    return [client(branch=here, client_no=f"A{n}") for n in range(3)]


@pytest.fixture
def by_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients are many."""
    monkeypatch.setattr(bulk, "MANY", 1)


def both_at_once(by: User, address: str, table: str, pk: int, **fields: Any) -> list[Any]:
    """The answers to two equal POSTs of two tabs, both of which stand before the same lock before either goes on."""
    browsers: list[Browser] = [browser_of(by), browser_of(by)]
    with row_held(table, pk):
        both = [Elsewhere(lambda one=one: one.post(address, fields)) for one in browsers]  # type: ignore[misc]
        wait_until_waiting(2)
    return [work.end() for work in both]


def asked(**fields: Any) -> dict[str, Any]:
    return {"all_matching": "1", "query": "", "expected": "3", "key": str(uuid.uuid4())} | fields


def twice(by: User, **fields: Any) -> BulkAction:
    """Ask twice at once; both are led to the one action."""
    answers = both_at_once(by, "/bulk/new/", "crm_user", by.pk, **asked(**fields))
    action = BulkAction.objects.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, f"/bulk/{action.pk}/")}
    return action


def test_tagged_at_once(director: User, few: list[Client], tag: Tag) -> None:
    action = twice(director, verb="tag", tag=tag.pk)
    assert (action.done, action.unchanged, action.job) == (3, 0, None)
    assert ClientTag.objects.count() == 3
    assert Event.objects.filter(name="clients.bulk_done").count() == 1


def test_tagged_by_a_job(director: User, few: list[Client], tag: Tag, by_job: None) -> None:
    action = twice(director, verb="tag", tag=tag.pk)
    job = Job.objects.get()
    assert action.job == job
    assert not ClientTag.objects.exists()

    workers = [Elsewhere(lambda: jobs.run(job.pk)) for _ in range(2)]
    assert sorted(worker.end() for worker in workers) == [False, True]

    action.refresh_from_db()
    assert (action.done, ClientTag.objects.count()) == (3, 3)
    assert Event.objects.filter(name="clients.bulk_done").count() == 1


def test_onto_a_new_list(director: User, few: list[Client]) -> None:
    action = twice(director, verb="add", new_list="回访", kind="fixed")
    assert ClientList.objects.get() == action.client_list
    assert ClientListMember.objects.count() == 3


def test_assigned_to_a_manager(director: User, few: list[Client], here: Unit) -> None:
    manager = person("customer_manager", here)
    action = twice(director, verb="assign", to=[manager.staff_no], rule="by_load", reason="load")
    assert Handover.objects.get().clients == action.done == 3


def test_undone_by_two_clicks_at_once(director: User, few: list[Client], tag: Tag) -> None:
    action = twice(director, verb="tag", tag=tag.pk)
    answers = both_at_once(director, f"/bulk/{action.pk}/undo/", "clients_bulkaction", action.pk)
    undoing = BulkAction.objects.get(undoes=action)
    assert {answer["Location"] for answer in answers} == {f"/bulk/{undoing.pk}/"}
    assert (undoing.done, ClientTag.objects.count()) == (3, 0)


def test_exported_by_two_clicks_at_once(director: User, few: list[Client]) -> None:
    """The key of the form is the lock: whoever comes second is led to the first one's export."""
    form = {"list_name": "clients", "query": "", "columns": "number", "reason": "meeting", "key": "k"}
    browsers = [browser_of(director), browser_of(director)]
    both = [Elsewhere(lambda one=one: one.post("/exports/ask/", form)) for one in browsers]  # type: ignore[misc]
    answers = [work.end() for work in both]
    export = Export.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/exports/{export.pk}/"}
    assert Job.objects.get() == export.job
