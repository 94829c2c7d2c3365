"""The live board, capacity, skills, the cards on other pages, and what calls brought up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from callbacks.calls.choices import CallState, ConcernKind, ConcernState, Hold, ReasonKind
from callbacks.calls.models import Call
from callbacks.desk import panels
from callbacks.queue.models import Skill
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.calls import AttemptFactory, CallFactory, ConcernFactory, ReasonFactory, claimed
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch as make_branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20


@pytest.fixture
def unit() -> Unit:
    return make_branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def director(unit: Unit) -> User:
    return person("marketing_director", unit)


@pytest.fixture
def clerk(unit: Unit) -> User:
    return person("callback_clerk", unit)


def call(unit: Unit, **fields: Any) -> Call:
    fields.setdefault("client", client(branch=unit))
    made: Call = CallFactory(unit=unit, **fields)
    ReasonFactory(call=made)
    return made


class TestBoard:
    def test_who(self, clerk: User, director: User) -> None:
        for path in ("/calls/board/", "/calls/board/live/", "/calls/capacity/", "/calls/skills/"):
            assert get(None, path).status_code == 302
            assert get(clerk, path).status_code == 403
            assert get(director, path).status_code == 200

    def test_who_is_on_which_call_and_who_is_idle(self, unit: Unit, clerk: User, director: User) -> None:
        one = claimed(clerk, client=client(client_no="C1", branch=unit), unit=unit)
        idle = person("callback_clerk", unit)
        AttemptFactory(call=one, by=idle, ended_at=timezone.now())
        person("callback_clerk", unit)  # has not begun

        board = get(director, "/calls/board/").context["board"]

        assert [(one.name, one.line.number) for one in board.working] == [(clerk.name, "C1")]
        assert [(one.name, one.done) for one in board.idle] == [(idle.name, 1)]
        assert board.absent == 1

    def test_what_waits_and_what_needs_a_decision(self, unit: Unit, director: User) -> None:
        now = timezone.now()
        call(unit, due_at=now - dt.timedelta(hours=1))
        call(unit, kind=ReasonKind.CORE)
        call(unit, hold=Hold.OPT_OUT)
        call(unit, skips=3)
        call(make_branch())

        board = get(director, "/calls/board/live/").context["board"]

        counted = {one.key: (one.waiting, one.overdue) for one in board.by_reason}
        assert counted == {"movement": (3, 1), "core": (1, 0)}
        assert [(one.words, one.verb) for one in board.decide] == [
            ("The client wants no calls", "reform"),
            ("skipped 3 times", "assign"),
        ]
        assert board.by_unit == ()

    def test_a_unit_of_its_own_for_the_company(self, unit: Unit) -> None:
        call(unit)
        call(make_branch(code="BJ"))
        supervisor = person("call_centre_supervisor")

        everything = get(supervisor, "/calls/board/").context["board"]
        one = get(supervisor, "/calls/board/?unit=BJ").context["board"]

        assert sorted(line.key for line in everything.by_unit) == ["BJ", "SZ"]
        assert (everything.waiting, one.waiting) == (2, 1)

    def test_costs_the_same_with_more_calls(
        self, unit: Unit, director: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        call(unit, hold=Hold.OPT_OUT)
        browser = browser_of(director)
        browser.get("/calls/board/live/")
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            browser.get("/calls/board/live/")
        one, now = client(branch=unit), timezone.now()
        Call.objects.bulk_create(
            Call(client=one, branch=unit, unit=unit, kind="core", rank=5, made_at=now, due_at=now, ready=True)
            for _ in range(2_000)
        )
        browser.get("/calls/board/live/")
        with django_assert_max_num_queries(MOST_QUERIES) as many:
            assert browser.get("/calls/board/live/").context["board"].overdue == 2_000
        assert len(few) == len(many)

    def test_polling_is_no_activity(self, director: User) -> None:
        browser = browser_of(director)
        browser.get("/calls/board/")
        before = browser.session.get("last_activity")
        browser.get("/calls/board/live/")
        assert browser.session.get("last_activity") == before


def test_capacity_shows_the_days(unit: Unit, clerk: User, director: User) -> None:
    call(unit)

    response = get(director, "/calls/capacity/")

    assert [one.people for one in response.context["week"].days] == [1] * 5
    assert "Can be done" in response.content.decode()


class TestSkills:
    def test_kept_for_one_person(self, unit: Unit, clerk: User, director: User) -> None:
        response = browser_of(director).post(f"/calls/skills/{clerk.staff_no}/", {"kind": ["core", "movement"]})

        assert response.status_code == 302
        assert sorted(Skill.objects.values_list("kind", flat=True)) == ["core", "movement"]

    def test_another_branchs_people_are_not_found(self, director: User) -> None:
        stranger = person("callback_clerk")
        assert browser_of(director).post(f"/calls/skills/{stranger.staff_no}/", {"kind": "core"}).status_code == 404


class TestCards:
    def test_the_clients_calls_open_and_finished(self, unit: Unit, clerk: User) -> None:
        one = client(client_no="C1", branch=unit)
        call(unit, client=one)
        call(unit, client=one, state=CallState.LAPSED, ended_at=timezone.now(), ready=False)

        calls = get(clerk, "/clients/C1/calls/").context["calls"]

        assert (len(calls.opened), len(calls.ended)) == (1, 1)
        assert get(person("callback_clerk"), "/clients/C1/calls/").status_code == 404
        assert get(None, "/clients/C1/calls/").status_code == 302
        assert get(person("administrator"), "/clients/C1/calls/").status_code == 403

    def test_home_by_permission(self, unit: Unit, clerk: User, director: User) -> None:
        call(unit, assignee=clerk)
        manager = person("customer_manager", unit)
        call(unit, client=client(branch=unit, manager=manager), kind="core")
        call(unit, client=client(branch=unit, manager=manager))
        ConcernFactory(kind=ConcernKind.MOVEMENT)

        own = get(clerk, "/calls/home/").context["panel"]
        courtesy = get(manager, "/calls/home/").context["panel"]
        steering = get(director, "/calls/home/").context["panel"]
        risk = get(person("risk_control"), "/calls/home/").context["panel"]

        assert (len(own.own.lines), own.steering, own.courtesy) == (1, None, None)
        assert (len(courtesy.courtesy.lines), courtesy.own) == (1, None)
        assert str(steering.steering.opened) == "3"
        assert risk.concerns == 1
        assert get(person("counter_clerk", unit), "/calls/home/").context["panel"].is_empty

    def test_held_and_skipped_are_counted_up_to_a_cap(
        self, unit: Unit, director: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(panels, "COUNT_TO", 1)
        for _ in range(2):
            call(unit, hold=Hold.NOBODY, ready=False)
            call(unit, skips=9)

        steering = get(director, "/calls/home/").context["panel"].steering

        assert (str(steering.held), str(steering.skipped)) == ("1+", "1+")

    def test_the_home_page_asks_for_the_card(self, clerk: User) -> None:
        assert 'hx-get="/calls/home/"' in get(clerk, "/").content.decode()
        assert 'hx-get="/calls/home/"' not in get(person("administrator"), "/").content.decode()


class TestConcerns:
    def test_who_sees_which(self, unit: Unit, clerk: User) -> None:
        critical = ConcernFactory(kind=ConcernKind.CRITICAL_ANSWER)
        movement = ConcernFactory(kind=ConcernKind.MOVEMENT)

        def seen(user: User) -> set[int]:
            return {line.concern.pk for line in get(user, "/calls/concerns/").context["lines"]}

        assert seen(person("compliance")) == {critical.pk, movement.pk}
        assert seen(person("risk_control")) == {movement.pk}
        assert get(clerk, "/calls/concerns/").status_code == 403
        assert get(None, "/calls/concerns/").status_code == 302
        assert get(person("risk_control"), f"/calls/concerns/{critical.pk}/").status_code == 404

    def test_risk_control_takes_it_up(self) -> None:
        movement = ConcernFactory(kind=ConcernKind.MOVEMENT)
        risk = person("risk_control")

        response = browser_of(risk).post(f"/calls/concerns/{movement.pk}/acknowledge/", {"note": "已约谈"}, follow=True)

        movement.refresh_from_db()
        assert (movement.state, movement.acknowledged_by_id) == (ConcernState.ACKNOWLEDGED, risk.pk)
        assert "已约谈" in response.content.decode()

    def test_compliance_only_reads(self) -> None:
        movement = ConcernFactory(kind=ConcernKind.MOVEMENT)

        response = browser_of(person("compliance")).post(f"/calls/concerns/{movement.pk}/acknowledge/")

        assert response.status_code == 403
