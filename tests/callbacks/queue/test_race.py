"""Fifty people at once: every call once, in order, no deadlock; whoever loses his connection leaves nothing locked."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import psycopg2
import pytest
from django.db import connection, connections, transaction

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.calls.workflow import NAME
from callbacks.queue import sql
from callbacks.queue.claiming import next_call
from callbacks.queue.giving_back import release_call
from callbacks.queue.sweeping import sweep
from crm.organisation.models import User
from crm.workflow.models import Transition
from crm.workflow.signals import sync_edges
from tests.callbacks.queue.conftest import MORNING
from tests.factories.calls import CallFactory
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

PEOPLE, CALLS_MADE = 50, 2_000

pytestmark = pytest.mark.django_db(transaction=True)


def _work_through(user: User, got: list[int], begin: threading.Barrier, stay: int) -> None:
    """Claim until nothing is left; each call is put aside as done so that the next one is another one."""
    try:
        begin.wait(30)
        for _turn in range(stay):
            call = next_call(by=user, at=MORNING)
            if call is None:
                return
            got.append(call.pk)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    """WITH logged AS (
                           INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at)
                           VALUES ('callbacks.call', %(call)s, 'finish', 'claimed', 'done', %(user)s, %(at)s))
                       UPDATE callbacks_call SET state = 'done', claimed_by_id = NULL, lease_until = NULL,
                              ended_at = %(at)s WHERE id = %(call)s""",
                    {"call": call.pk, "user": user.pk, "at": MORNING},
                )
    finally:
        connections.close_all()


def _make(people: int, calls: int) -> tuple[list[User], list[Call]]:
    branch = BranchFactory()
    clerks = [person("callback_clerk", branch) for _number in range(people)]
    client = ClientFactory(branch=branch)
    made = [
        CallFactory.build(
            client=client, branch=branch, unit=branch, rank=number % 7,
            due_at=MORNING + dt.timedelta(hours=number % 50),
            recused=[clerks[number % people].pk] if number % 10 == 0 else [],
        )
        for number in range(calls)
    ]  # fmt: skip
    return clerks, Call.objects.bulk_create(made)


def test_fifty_people_claim_two_thousand_calls_each_once() -> None:
    sync_edges()
    clerks, calls = _make(PEOPLE, CALLS_MADE)
    got: list[list[int]] = [[] for _clerk in clerks]
    begin = threading.Barrier(PEOPLE)
    crowd = [
        threading.Thread(target=_work_through, args=(clerk, mine, begin, CALLS_MADE))
        for clerk, mine in zip(clerks, got, strict=True)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(240)
    claimed = Counter(pk for mine in got for pk in mine)
    assert sorted(claimed) == sorted(call.pk for call in calls)
    assert set(claimed.values()) == {1}
    assert Transition.objects.filter(workflow=NAME, verb="claim").count() == CALLS_MADE
    _check_order(got, {call.pk: (call.rank, call.due_at, call.pk) for call in calls})
    _check_recusal(clerks, got, {call.pk: call.recused for call in calls})


def _check_order(got: list[list[int]], place: dict[int, tuple[int, dt.datetime, int]]) -> None:
    """Among fifty at once a person may meet a call that others have just passed by, never one far out of turn: whatever
    he got is at most a crowd's length before what he got earlier."""
    order = {pk: number for number, pk in enumerate(sorted(place, key=lambda pk: place[pk]))}
    for mine in got:
        far = 0
        for pk in mine:
            assert order[pk] >= far - 3 * PEOPLE
            far = max(far, order[pk])


def _check_recusal(clerks: list[User], got: list[list[int]], recused: dict[int, list[int]]) -> None:
    for clerk, mine in zip(clerks, got, strict=True):
        assert not [pk for pk in mine if clerk.pk in recused[pk]]


def test_one_person_in_ten_windows_gets_one_call() -> None:
    sync_edges()
    (clerk,), _calls = _make(1, 20)
    got: list[int] = []
    begin = threading.Barrier(10)
    crowd = [threading.Thread(target=_press, args=(clerk, got, begin)) for _window in range(10)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert len(got) == 10
    assert len(set(got)) == 1
    assert Call.objects.filter(state=CallState.CLAIMED).count() == 1


def _press(user: User, got: list[int], begin: threading.Barrier) -> None:
    try:
        begin.wait(30)
        call = next_call(by=user, at=MORNING)
        assert call is not None
        got.append(call.pk)
    finally:
        connections.close_all()


def test_a_lost_connection_leaves_nothing_locked() -> None:
    """Somebody's process is killed between the look and the claim: the server takes his locks back at once."""
    sync_edges()
    (lost, clerk), (call,) = _make(2, 1)
    Call.objects.update(recused=[])
    link = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    with link.cursor() as cursor:
        cursor.execute(
            sql.NEXT,
            {
                "user": lost.pk, "people": [lost.pk], "pools": [call.unit_id], "hours": [False, True], "large": None,
                "central": False, "at": MORNING, "lease": MORNING,
            },
        )  # fmt: skip
        assert cursor.fetchone()[0] == call.pk
        assert next_call(by=clerk, at=MORNING) is None
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    link.close()
    assert next_call(by=clerk, at=MORNING) == call


def test_a_claim_whose_holder_vanished_goes_back_when_its_lease_is_over() -> None:
    sync_edges()
    (lost, clerk), (call,) = _make(2, 1)
    Call.objects.update(recused=[])
    assert next_call(by=lost, at=MORNING) == call
    assert next_call(by=clerk, at=MORNING) is None
    later = MORNING + dt.timedelta(minutes=31)
    assert sweep(at=later)["expired"] == 1
    assert next_call(by=clerk, at=later) == call
    assert release_call(call=call, by=clerk, at=later).state == CallState.WAITING
