"""What somebody who calls sees first, and how the next call and hand-overs are answered there."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from callbacks.calls.choices import CallState, HandOverState
from callbacks.calls.models import Call, HandOver
from callbacks.queue.handing import offer
from crm.organisation.models import Unit, User
from tests.callbacks.queue.conftest import MORNING, NOON_BREAK
from tests.clients.desk.helpers import browser_of, get
from tests.factories.calls import AttemptFactory, CallFactory, ReasonFactory, claimed
from tests.factories.clients import client
from tests.factories.people import StandInFactory, person
from tests.factories.units import branch as make_branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 24


@pytest.fixture
def unit() -> Unit:
    return make_branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def clerk(unit: Unit) -> User:
    return person("callback_clerk", unit)


def call(unit: Unit, **fields: Any) -> Call:
    fields.setdefault("client", client(branch=unit))
    made: Call = CallFactory(unit=unit, **fields)
    ReasonFactory(call=made)
    return made


class TestPage:
    def test_who(self, unit: Unit, clerk: User) -> None:
        assert get(None, "/calls/queue/").status_code == 302
        assert get(person("administrator"), "/calls/queue/").status_code == 403
        assert get(person("compliance"), "/calls/queue/")["Location"] == "/calls/"
        assert get(clerk, "/calls/queue/").status_code == 200

    def test_one_primary_action_and_what_is_mine(self, unit: Unit, clerk: User) -> None:
        call(unit, assignee=clerk, client=client(client_no="MINE", branch=unit))
        call(unit, client=client(client_no="POOL", branch=unit))

        response = get(clerk, "/calls/queue/")

        text = response.content.decode()
        assert text[text.index("<main") : text.index("</main>")].count("btn btn-primary") == 1
        assert 'action="/calls/next/"' in text
        assert [line.one.client_no for line in response.context["front"].mine] == ["MINE"]
        assert str(response.context["front"].pool) == "2"

    def test_the_call_in_hand_comes_first(self, unit: Unit, clerk: User) -> None:
        one = claimed(clerk, client=client(branch=unit), unit=unit)

        text = get(clerk, "/calls/queue/").content.decode()

        assert "You are working on" in text
        assert f'href="/calls/{one.pk}/" data-key="n"' in text

    def test_a_deputy_sees_what_is_assigned_to_the_absent(self, unit: Unit, clerk: User) -> None:
        absent = person("callback_clerk", unit)
        call(unit, assignee=absent)
        StandInFactory(absent=absent, deputy=clerk)

        assert len(get(clerk, "/calls/queue/").context["front"].mine) == 1

    def test_numbers_of_today(self, unit: Unit, clerk: User) -> None:
        now = timezone.now()
        done = call(unit, state=CallState.DONE, ended_at=now, ended_by=clerk, ready=False)
        AttemptFactory(call=done, by=clerk, ended_at=now)

        numbers = get(clerk, "/calls/queue/").context["front"].numbers

        assert (numbers.tries, numbers.reached, numbers.done) == (1, 0, 1)

    def test_costs_the_same_with_more_calls(
        self, unit: Unit, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        call(unit, assignee=clerk)
        browser = browser_of(clerk)
        browser.get("/calls/queue/")
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            browser.get("/calls/queue/")
        for _ in range(12):
            call(unit, assignee=clerk)
        with django_assert_max_num_queries(MOST_QUERIES) as many:
            browser.get("/calls/queue/")
        assert len(few) == len(many)

    def test_the_top_bar_counts_what_waits_for_me(self, unit: Unit, clerk: User) -> None:
        call(unit, assignee=clerk)

        assert get(clerk, "/calls/queue/").context["queue"] == {"count": "1", "url": "/calls/queue/"}


class TestNext:
    def test_leads_to_the_call(self, unit: Unit, clerk: User) -> None:
        one = call(unit)

        with time_machine.travel(MORNING, tick=False):
            response = browser_of(clerk).post("/calls/next/")

        one.refresh_from_db()
        assert (response["Location"], one.claimed_by_id) == (f"/calls/{one.pk}/", clerk.pk)

    def test_nothing_waits(self, clerk: User) -> None:
        with time_machine.travel(MORNING, tick=False):
            response = browser_of(clerk).post("/calls/next/", follow=True)
            assert "No call that you may make waits now." in response.content.decode()

    def test_outside_the_hours_it_says_when_they_begin(self, unit: Unit, clerk: User) -> None:
        call(unit)

        with time_machine.travel(NOON_BREAK, tick=False):
            response = browser_of(clerk).post("/calls/next/", follow=True)

        assert "They begin again on 11-25 at 13:30." in response.content.decode()

    def test_only_by_post(self, clerk: User) -> None:
        assert get(clerk, "/calls/next/").status_code == 405


class TestOffers:
    @pytest.fixture
    def offered(self, unit: Unit, clerk: User) -> HandOver:
        one = claimed(person("callback_clerk", unit), client=client(branch=unit), unit=unit)
        assert one.claimed_by is not None
        return offer(call=one, to=clerk, reason="会讲粤语", by=one.claimed_by)

    def test_taken_over(self, clerk: User, offered: HandOver) -> None:
        assert "会讲粤语" in get(clerk, "/calls/queue/").content.decode()

        browser_of(clerk).post(f"/calls/offers/{offered.pk}/accept/")

        assert offered.call is not None
        offered.call.refresh_from_db()
        assert offered.call.claimed_by_id == clerk.pk

    def test_declined_with_a_reason(self, clerk: User, offered: HandOver) -> None:
        browser_of(clerk).post(f"/calls/offers/{offered.pk}/decline/", {"reason": ""})
        offered.refresh_from_db()
        assert offered.state == HandOverState.ASKED

        browser_of(clerk).post(f"/calls/offers/{offered.pk}/decline/", {"reason": "太忙"})

        offered.refresh_from_db()
        assert (offered.state, offered.answer) == (HandOverState.DECLINED, "太忙")

    def test_taken_back_by_who_offered_it(self, offered: HandOver) -> None:
        assert "Offered by me" in get(offered.from_user, "/calls/queue/").content.decode()

        browser_of(offered.from_user).post(f"/calls/offers/{offered.pk}/take-back/")

        offered.refresh_from_db()
        assert offered.state == HandOverState.TAKEN_BACK

    def test_somebody_elses_is_not_found(self, unit: Unit, offered: HandOver) -> None:
        stranger = person("callback_clerk", unit)
        for verb in ("accept", "decline", "take-back"):
            assert browser_of(stranger).post(f"/calls/offers/{offered.pk}/{verb}/").status_code == 404
