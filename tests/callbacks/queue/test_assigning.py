"""Assigning: who may be given a call, how many are shared out, what is refused, what is left in the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from callbacks.calls.choices import CallState, Form, Hold, ReasonKind
from callbacks.calls.models import Call
from callbacks.queue.assigning import Share, assign_calls, preview_assignment, take_back_assignment
from callbacks.queue.eligibility import Facts, caller, why_not
from callbacks.queue.rules import rules
from crm.access.scope import forget_kept
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.factories.calls import CallFactory, ReasonFactory, SkillFactory, claimed
from tests.factories.clients import WishesFactory, client
from tests.factories.people import StandInFactory, person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def unit() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def director(unit: Unit) -> User:
    return person("marketing_director", unit)


@pytest.fixture
def clerks(unit: Unit) -> list[User]:
    return [person("callback_clerk", unit, language="en") for _ in range(3)]


def call(unit: Unit, **fields: Any) -> Call:
    """A waiting call to a client of `unit`, with its reason."""
    fields.setdefault("client", client(branch=unit))
    made: Call = CallFactory(unit=unit, **fields)
    ReasonFactory(call=made)
    return made


def given(calls: list[Call]) -> list[int | None]:
    return [Call.objects.get(pk=one.pk).assignee_id for one in calls]


class TestOne:
    def test_is_his_and_leaves_a_step_and_a_notice(self, unit: Unit, director: User, clerks: list[User]) -> None:
        one = call(unit)

        outcome = assign_calls(calls=Call.objects.filter(pk=one.pk), people=clerks[:1], by=director)

        assert (outcome.matched, outcome.done, outcome.refused) == (1, 1, {})
        assert given([one]) == [clerks[0].pk]
        step = Transition.objects.get(workflow="callbacks.call", object_id=one.pk)
        assert (step.verb, step.by_id, step.old_state, step.new_state) == ("assign", director.pk, "waiting", "waiting")
        assert step.details == {"assignee": clerks[0].pk, "from": None}
        assert Notice.objects.get(user=clerks[0]).text.endswith("assigned 1 call to you.")

    def test_his_already_is_unchanged_and_writes_nothing(self, unit: Unit, director: User, clerks: list[User]) -> None:
        one = call(unit, assignee=clerks[0])

        outcome = assign_calls(calls=Call.objects.filter(pk=one.pk), people=clerks[:1], by=director)

        assert (outcome.done, outcome.unchanged) == (0, 1)
        assert not Transition.objects.filter(object_id=one.pk).exists()

    def test_who_skipped_it_today_gets_it_all_the_same(self, unit: Unit, director: User, clerks: list[User]) -> None:
        one = call(unit, passed_by=[clerks[0].pk, clerks[1].pk])

        assign_calls(calls=Call.objects.filter(pk=one.pk), people=clerks[:1], by=director)

        assert Call.objects.get(pk=one.pk).passed_by == [clerks[1].pk]

    def test_taken_back_it_is_anybodys_again(self, unit: Unit, director: User, clerks: list[User]) -> None:
        one, other = call(unit, assignee=clerks[0]), call(unit)

        outcome = take_back_assignment(calls=Call.objects.filter(pk__in=[one.pk, other.pk]), by=director)

        assert (outcome.matched, outcome.done, outcome.unchanged) == (2, 1, 1)
        assert given([one]) == [None]
        assert Transition.objects.get(object_id=one.pk).details == {"assignee": None, "from": clerks[0].pk}

    def test_nobody_chosen_is_refused_in_words(self, unit: Unit, director: User) -> None:
        with pytest.raises(ValidationError, match="Say who gets them"):
            assign_calls(calls=Call.objects.filter(pk=call(unit).pk), people=[], by=director)

    def test_without_the_permission(self, unit: Unit, clerks: list[User]) -> None:
        one = call(unit)

        with pytest.raises(PermissionDenied, match="Assign calls"):
            assign_calls(calls=Call.objects.filter(pk=one.pk), people=clerks, by=clerks[0])
        assert given([one]) == [None]

    def test_another_branchs_call_is_not_touched(self, director: User, clerks: list[User]) -> None:
        foreign = call(branch())

        outcome = assign_calls(calls=Call.objects.filter(pk=foreign.pk), people=clerks, by=director)

        assert (outcome.matched, outcome.done) == (0, 0)
        assert given([foreign]) == [None]


class TestRefusals:
    """Every rule of eligibility, as SQL against the twin in Python."""

    def cases(self, unit: Unit, clerk: User, manager: User) -> dict[str, Call]:
        wishes = client(branch=unit)
        WishesFactory(client=wishes, opt_outs=["phone"])
        return {
            "": call(unit),
            "recused": call(unit, recused=[clerk.pk]),
            "introduced": call(unit, client=client(branch=unit, introducer=clerk)),
            "manages": call(unit, client=client(branch=unit, manager=clerk)),
            "opt_out": call(unit, client=wishes),
            "other_unit": call(branch(), client=client(branch=unit), branch=unit),
            "held": call(unit, hold=Hold.NO_PHONE),
        }

    def test_each_is_refused_by_its_reason(self, unit: Unit, director: User, clerks: list[User]) -> None:
        cases = self.cases(unit, clerks[0], director)

        for code, one in cases.items():
            outcome = assign_calls(calls=Call.objects.filter(pk=one.pk), people=clerks[:1], by=director)
            assert outcome.refused == ({code: 1} if code else {}), code

    def test_sql_and_python_agree(self, unit: Unit, director: User, clerks: list[User]) -> None:
        manager = person("customer_manager", unit)
        StandInFactory(absent=manager, deputy=clerks[1])
        forget_kept(clerks[1])
        mine = client(branch=unit, manager=manager)
        calls = [*self.cases(unit, clerks[0], manager).values(), call(unit, client=mine)]
        calls += [call(unit, client=mine, regulated=False), call(unit, regulated=False), call(unit, form=Form.LETTER)]
        people = [*clerks, manager, director, person("call_centre_agent"), person("counter_clerk", unit)]

        for one in calls:
            known = Call.objects.select_related("client__wishes", "client__standing").get(pk=one.pk)
            for who in people:
                plan = preview_assignment(
                    calls=Call.objects.filter(pk=one.pk), people=[who], share="in_turn", by=director
                )
                python = why_not(Facts.of(known), caller(who), rules()) is None and not known.hold
                assert bool(plan.given) is python, (one.kind, one.regulated, who.name, plan.refused)

    def test_what_somebody_works_on_and_what_has_ended(self, unit: Unit, director: User, clerks: list[User]) -> None:
        busy = claimed(clerks[0], client=client(branch=unit), unit=unit)
        over = call(unit, state=CallState.DONE, ended_at=timezone.now(), ready=False)

        outcome = assign_calls(calls=Call.objects.filter(pk__in=[busy.pk, over.pk]), people=clerks, by=director)

        assert outcome.refused == {"worked_on": 1, "ended": 1}


class TestSharing:
    def test_in_turn_by_urgency(self, unit: Unit, director: User, clerks: list[User]) -> None:
        calls = [call(unit, rank=rank) for rank in (50, 10, 40, 20, 30)]

        outcome = assign_calls(calls=Call.objects.all(), people=clerks, share=Share.IN_TURN, by=director)

        a, b, c = (one.pk for one in clerks)
        assert outcome.done == 5
        assert given(calls) == [b, a, a, b, c]

    def test_by_load_fills_up_who_has_fewest(self, unit: Unit, director: User, clerks: list[User]) -> None:
        for _ in range(3):
            call(unit, assignee=clerks[0])
        fresh = [call(unit) for _ in range(5)]

        assign_calls(
            calls=Call.objects.filter(pk__in=[one.pk for one in fresh]), people=clerks, share=Share.BY_LOAD, by=director
        )

        held = [Call.objects.filter(assignee=one).count() for one in clerks]
        assert held == [3, 3, 2]

    def test_skilled_people_come_first(self, unit: Unit, director: User, clerks: list[User]) -> None:
        SkillFactory(user=clerks[2], kind=ReasonKind.PERMISSION)
        calls = [call(unit, kind=ReasonKind.PERMISSION) for _ in range(3)] + [call(unit)]

        assign_calls(calls=Call.objects.all(), people=clerks, share=Share.BY_SKILL, by=director)

        assert given(calls)[:3] == [clerks[2].pk] * 3
        assert given(calls)[3] in (clerks[0].pk, clerks[1].pk)

    def test_by_manager_courtesy_calls_alone(self, unit: Unit, director: User) -> None:
        manager = person("customer_manager", unit)
        courtesy = call(unit, client=client(branch=unit, manager=manager), kind="core", recused=[manager.pk])
        regulated = call(unit, client=client(branch=unit, manager=manager))
        nobodys = call(unit, kind="core")

        outcome = assign_calls(calls=Call.objects.all(), people=[], share=Share.BY_MANAGER, by=director)

        assert given([courtesy, regulated, nobodys]) == [manager.pk, None, None]
        assert outcome.refused == {"not_own": 1, "no_manager": 1}

    def test_a_recused_one_is_passed_by_and_the_rest_stays_level(
        self, unit: Unit, director: User, clerks: list[User]
    ) -> None:
        free = [call(unit) for _ in range(4)]
        barred = [call(unit, recused=[clerks[0].pk, clerks[1].pk]) for _ in range(2)]

        assign_calls(calls=Call.objects.all(), people=clerks, share=Share.IN_TURN, by=director)

        assert given(barred) == [clerks[2].pk] * 2
        assert sorted(given(free), key=str) == sorted([clerks[0].pk] * 2 + [clerks[1].pk] * 2, key=str)

    def test_the_preview_says_what_then_happens(self, unit: Unit, director: User, clerks: list[User]) -> None:
        for _ in range(7):
            call(unit, due_at=timezone.now() + dt.timedelta(days=1))
        call(unit, recused=[one.pk for one in clerks])
        everything = Call.objects.all()

        plan = preview_assignment(calls=everything, people=clerks, share=Share.IN_TURN, by=director)

        assert not everything.filter(assignee__isnull=False).exists()
        assert (sorted(plan.given.values()), plan.refused) == ([2, 2, 3], {"recused": 1})
        assign_calls(calls=everything, people=clerks, share=Share.IN_TURN, by=director)
        assert {pk: everything.filter(assignee=pk).count() for pk in plan.given} == dict(plan.given)
