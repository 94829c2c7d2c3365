"""What a supervisor does to calls: recall, urgency, withdrawal, freeing, another form; and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone, translation

from callbacks.calls.choices import CallState, Form, HandOverState, Hold, ReasonState
from callbacks.calls.models import Attempt, Call, CallReason, HandOver
from callbacks.queue import supervising
from callbacks.queue.handing import offer
from callbacks.queue.leaving import give_back_of_leavers
from callbacks.queue.skills import set_skills
from crm.organisation.holdings import holdings_of
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.factories.calls import AttemptFactory, CallFactory, ReasonFactory, claimed
from tests.factories.clients import WishesFactory, client
from tests.factories.people import person
from tests.factories.units import branch as make_branch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def director(branch: Unit) -> User:
    return person("marketing_director", branch)


def call(unit: Unit, **fields: Any) -> Call:
    fields.setdefault("client", client(branch=unit))
    made: Call = CallFactory(unit=unit, **fields)
    ReasonFactory(call=made)
    return made


def only(*calls: Call) -> QuerySet[Call]:
    return Call.objects.filter(pk__in=[one.pk for one in calls])


def steps(one: Call) -> list[str]:
    return list(Transition.objects.of(one, "callbacks.call").values_list("verb", flat=True))


class TestRecall:
    def test_goes_back_with_its_draft_and_offers_end(self, branch: Unit, clerk: User, director: User) -> None:
        one = claimed(clerk, client=client(branch=branch), unit=branch, note="打过一次")
        colleague = person("callback_clerk", branch)
        offered = offer(call=one, to=colleague, reason="换班", by=clerk)

        outcome = supervising.recall(calls=only(one), reason="客户要求换人", by=director)

        one.refresh_from_db()
        assert (outcome.done, one.state, one.claimed_by_id, one.note) == (1, CallState.WAITING, None, "打过一次")
        assert one.not_before is not None
        assert not one.ready
        assert HandOver.objects.get(pk=offered.pk).state == HandOverState.TAKEN_BACK
        step = Transition.objects.get(object_id=one.pk, verb="recall")
        assert (step.reason, step.details) == ("客户要求换人", {"holder": clerk.pk})

    def test_not_while_on_the_line_and_not_what_nobody_holds(self, branch: Unit, clerk: User, director: User) -> None:
        live = claimed(clerk, client=client(branch=branch), unit=branch)
        Call.objects.filter(pk=live.pk).update(live=True)
        waiting = call(branch)

        outcome = supervising.recall(calls=only(live, waiting), reason="x", by=director)

        assert (outcome.done, outcome.refused) == (0, {"on_the_line": 1, "not_worked_on": 1})

    def test_chosen_alone_one_on_the_line_comes_back_and_its_try_ends(
        self, branch: Unit, clerk: User, director: User
    ) -> None:
        live = claimed(clerk, client=client(branch=branch), unit=branch)
        AttemptFactory(call=live, by=clerk)
        Call.objects.filter(pk=live.pk).update(live=True)

        outcome = supervising.recall(calls=only(live), reason="坐席掉线", by=director)

        live.refresh_from_db()
        assert (outcome.done, live.state, live.live) == (1, CallState.WAITING, False)
        assert not Attempt.objects.filter(call=live, ended_at=None).exists()

    def test_without_a_reason(self, branch: Unit, clerk: User, director: User) -> None:
        one = claimed(clerk, client=client(branch=branch), unit=branch)

        with pytest.raises(ValidationError, match="Say why"):
            supervising.recall(calls=only(one), reason=" ", by=director)
        assert steps(one) == ["claim"]


class TestUrge:
    def test_changes_the_urgency_and_says_from_what(self, branch: Unit, director: User) -> None:
        one, same = call(branch, rank=40), call(branch, rank=5)

        outcome = supervising.urge(calls=only(one, same), rank=5, reason="监管检查", by=director)

        one.refresh_from_db()
        assert (outcome.done, outcome.unchanged, one.rank) == (1, 1, 5)
        assert Transition.objects.get(object_id=one.pk).details == {"from": 40, "to": 5}
        assert steps(same) == []

    @pytest.mark.parametrize("rank", [0, 1000])
    def test_only_from_1_to_999(self, branch: Unit, director: User, rank: int) -> None:
        with pytest.raises(ValidationError, match="from 1 to 999"):
            supervising.urge(calls=only(call(branch)), rank=rank, reason="x", by=director)


class TestWithdraw:
    def test_ends_it_with_its_reasons(self, branch: Unit, director: User) -> None:
        one = call(branch)

        outcome = supervising.withdraw(calls=only(one), reason="重复", by=director)

        one.refresh_from_db()
        assert (outcome.done, one.state, one.ended_by_id, one.ready) == (1, CallState.WITHDRAWN, director.pk, False)
        assert CallReason.objects.get(call=one).state == ReasonState.WITHDRAWN

    def test_twice_and_what_is_worked_on(self, branch: Unit, clerk: User, director: User) -> None:
        one, busy = call(branch), claimed(clerk, client=client(branch=branch), unit=branch)
        supervising.withdraw(calls=only(one), reason="重复", by=director)

        outcome = supervising.withdraw(calls=only(one, busy), reason="重复", by=director)

        assert outcome.refused == {"ended": 1, "worked_on": 1}
        assert steps(one) == ["withdraw"]


class TestHeld:
    def test_an_opt_out_is_not_freed_but_written_to(self, branch: Unit, director: User) -> None:
        silent = client(branch=branch)
        WishesFactory(client=silent, opt_outs=["phone"])
        one = call(branch, client=silent, hold=Hold.OPT_OUT)

        assert supervising.free(calls=only(one), by=director).refused == {"opt_out": 1}
        outcome = supervising.reform(calls=only(one), form=Form.LETTER, reason="客户不接电话", by=director)

        one.refresh_from_db()
        assert (outcome.done, one.form, one.hold) == (1, Form.LETTER, "")
        assert one.not_before is not None
        assert steps(one) == ["reform"]

    def test_no_marketing_holds_courtesy_alone(self, branch: Unit, director: User) -> None:
        silent = client(branch=branch)
        WishesFactory(client=silent, opt_outs=["marketing"])
        courtesy = call(branch, client=silent, hold=Hold.OPT_OUT, kind="core", regulated=False)
        asked = call(branch, client=silent, hold=Hold.OPT_OUT, kind="complaint_answered", regulated=False)

        outcome = supervising.free(calls=only(courtesy, asked), by=director)

        assert (outcome.ids, outcome.refused) == ((asked.pk,), {"opt_out": 1})

    def test_freed_or_reached_otherwise_it_keeps_its_later_hour(self, branch: Unit, director: User) -> None:
        later = timezone.now() + dt.timedelta(days=3)
        freed = call(branch, hold=Hold.NO_PHONE, not_before=later)
        reformed = call(branch, ready=False, not_before=later)

        supervising.free(calls=only(freed), by=director)
        supervising.reform(calls=only(reformed), form=Form.VISIT, reason="客户要求面谈", by=director)

        for one in (freed, reformed):
            one.refresh_from_db()
            assert (one.not_before, one.ready) == (later, False)

    def test_a_form_that_the_client_does_not_want(self, branch: Unit, director: User) -> None:
        silent = client(branch=branch)
        WishesFactory(client=silent, opt_outs=["email"])

        outcome = supervising.reform(calls=only(call(branch, client=silent)), form=Form.EMAIL, reason="x", by=director)

        assert outcome.refused == {"form_refused": 1}

    def test_a_phone_that_is_known_again(self, branch: Unit, director: User) -> None:
        one = call(branch, hold=Hold.NO_PHONE)

        outcome = supervising.free(calls=only(one), by=director)

        one.refresh_from_db()
        assert (outcome.done, one.hold, steps(one)) == (1, "", ["free"])

    def test_where_everybody_is_recused_the_call_centre_calls(
        self, branch: Unit, director: User, agent: User, centre: Unit
    ) -> None:
        one = call(branch, hold=Hold.NOBODY)

        supervising.free(calls=only(one), by=director)

        one.refresh_from_db()
        assert (one.unit_id, one.hold) == (centre.pk, "")

    def test_without_a_call_centre_there_is_nowhere_to_go(self, branch: Unit, director: User) -> None:
        outcome = supervising.free(calls=only(call(branch, hold=Hold.NOBODY)), by=director)

        assert outcome.refused == {"nowhere": 1}


class TestWho:
    def test_not_the_clerk(self, branch: Unit, clerk: User) -> None:
        one = call(branch)

        with pytest.raises(PermissionDenied):
            supervising.withdraw(calls=only(one), reason="x", by=clerk)
        one.refresh_from_db()
        assert one.state == CallState.WAITING

    def test_not_another_branchs(self, director: User) -> None:
        outcome = supervising.withdraw(calls=only(call(make_branch())), reason="x", by=director)

        assert (outcome.matched, outcome.done) == (0, 0)


class TestLeavers:
    def test_what_a_leaver_held_is_counted_and_goes_back(self, branch: Unit, clerk: User) -> None:
        assigned, busy = call(branch, assignee=clerk), claimed(clerk, client=client(branch=branch), unit=branch)
        assert [(one.label, one.count) for one in holdings_of(clerk)] == [("Calls assigned or being worked on", 2)]
        assert give_back_of_leavers() == 0

        clerk.left_on = timezone.localdate()
        clerk.save()

        assert give_back_of_leavers() == 2
        assigned.refresh_from_db()
        busy.refresh_from_db()
        assert (assigned.assignee_id, assigned.ready, busy.state) == (None, True, CallState.WAITING)
        assert (steps(assigned), steps(busy)) == (["assign"], ["claim", "expire"])
        assert give_back_of_leavers() == 0


class TestSkills:
    def test_are_exactly_those(self, branch: Unit, clerk: User, director: User) -> None:
        set_skills(user=clerk, kinds=["movement", "core"], by=director)

        assert set_skills(user=clerk, kinds=["core", "dormant"], by=director) == ["core", "dormant"]
        assert sorted(clerk.skills.values_list("kind", flat=True)) == ["core", "dormant"]

    def test_unknown_ones_and_others_people(self, clerk: User, director: User) -> None:
        with pytest.raises(ValidationError, match="no reason"):
            set_skills(user=clerk, kinds=["cooking"], by=director)
        with pytest.raises(PermissionDenied):
            set_skills(user=clerk, kinds=["core"], by=clerk)
