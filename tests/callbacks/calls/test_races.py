"""Two windows at the same moment, on real transactions: one outcome, one answer, one try."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from callbacks.calls.answers import AnsweredMeanwhile, save_answer
from callbacks.calls.attempts import begin_attempt
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Answer, Attempt, Call
from callbacks.calls.outcomes import finish
from clients.contacts.models import ServiceRecord
from crm.events.models import Event
from crm.organisation.models import User
from crm.workflow.models import Transition
from tests.callbacks.held import MORNING, Given, code

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of `works` returned, or raised, when all began at the same moment, each in its own connection."""
    start = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except (AnsweredMeanwhile, NotHeld) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_the_same_outcome_from_two_windows_counts_once(held: Given, clerk: User) -> None:
    call = held()
    Call.objects.filter(pk=call.pk).update(finding="own_decision")
    refused = code("refused")
    at_once(*[partial(finish, call=call, outcome=refused, by=clerk, at=MORNING)] * 2)
    assert Transition.objects.filter(object_id=call.pk, verb="finish").count() == 1
    assert Event.objects.filter(name="call.finished").count() == 1
    assert ServiceRecord.objects.filter(client=call.client).count() == 1
    assert Attempt.objects.filter(call=call).count() == 1


def test_of_two_outcomes_at_once_one_holds_and_the_other_is_told(held: Given, clerk: User) -> None:
    call = held()
    Call.objects.filter(pk=call.pk).update(finding="own_decision")
    works = [
        partial(finish, call=call, outcome=code(name), by=clerk, at=MORNING) for name in ("refused", "wrong_number")
    ]
    results = at_once(*works)
    assert sorted(isinstance(one, NotHeld) for one in results) == [False, True]
    assert Transition.objects.filter(object_id=call.pk, verb="finish").count() == 1


def test_of_two_answers_at_once_one_is_kept_and_the_other_comes_back(held: Given, clerk: User) -> None:
    call = held()
    works = [partial(save_answer, call=call, question="own_wish", value=value, by=clerk) for value in ("yes", "no")]
    results = at_once(*works)
    assert sorted(isinstance(one, AnsweredMeanwhile) for one in results) == [False, True]
    assert Answer.objects.get(call=call).revision == 1


def test_two_clicks_begin_one_try(held: Given, clerk: User) -> None:
    call = held()
    at_once(*[partial(begin_attempt, call=call, by=clerk, at=MORNING)] * 2)
    assert Attempt.objects.filter(call=call).count() == 1
