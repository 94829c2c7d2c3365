"""Clients and promises change hands, with history; in scope, once, and back on the same day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from clients.care import moving, services
from clients.care.choices import HandoverReason, HandoverRule
from clients.care.models import Handover, ManagerAssignment
from clients.care.services import request_handover, take_back
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.events.models import Event
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.messaging.models import Notice
from crm.organisation.models import Appointment, StandIn, Unit, User
from tests.clients.care.helpers import assign, hand_over, managers
from tests.factories.care import promise, worth
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(here: Unit, old: User) -> list[Client]:
    return [worth(client(client_no=f"C{n}", branch=here, manager=old), 100 * n) for n in range(1, 5)]


def test_everything_goes_to_the_successors(
    four: list[Client], old: User, first: User, second: User, director: User
) -> None:
    assigned = hand_over(old, first, second, by=director, note="离职交接")

    assert managers() == {"C4": "M1", "C3": "M2", "C2": "M1", "C1": "M2"}
    handover = assigned.handover
    assert (handover.clients, handover.follow_ups, assigned.refused) == (4, 0, {})
    assert handover.done_at is not None
    assert set(ManagerAssignment.objects.values_list("old_manager", "handover", "state")) == {
        (old.pk, handover.pk, "pending")
    }
    assert Standing.objects.get(client=four[3]).manager_id == first.pk
    change = four[3].events.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    assert change.manager_id == first.pk
    assert change.pgh_context["staff_no"] == director.staff_no
    assert (change.pgh_context["reason"], change.pgh_context["handover"]) == (
        "The manager leaves: 离职交接",
        handover.pk,
    )
    assert Event.objects.get(name=moving.HANDED_OVER).payload == {
        "handover": handover.pk,
        "from": old.pk,
        "clients": 4,
        "follow_ups": 0,
    }


def test_the_new_managers_are_told(four: list[Client], old: User, first: User, second: User, director: User) -> None:
    handover = hand_over(old, first, second, by=director).handover
    told = Notice.objects.values_list("user", "key", "text", "url")
    words = "2 clients are now yours, taken over from 吴国栋."
    assert set(told) == {
        (one.pk, f"handover-{handover.pk}", words, f"/clients/?manager={one.staff_no}") for one in (first, second)
    }


def test_a_deputy_s_hand_over_says_for_whom(four: list[Client], old: User, first: User, director: User) -> None:
    deputy, today = person(), timezone.localdate()
    StandIn.objects.create(absent=director, deputy=deputy, starts_on=today, ends_on=today)
    hand_over(old, first, by=deputy)
    change = four[0].events.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    assert (change.pgh_context["staff_no"], change.pgh_context["acting_for"]) == (deputy.staff_no, [director.staff_no])


def test_promises_go_with_the_client(four: list[Client], old: User, first: User, second: User, director: User) -> None:
    kept = promise(four[3], old, reminded_at=timezone.now())
    done = promise(four[3], old, state="done", ended_at=timezone.now(), ended_by=old)
    of_another = promise(four[3], second)

    assigned = hand_over(old, first, second, by=director)

    for one in (kept, done, of_another):
        one.refresh_from_db()
    assert (kept.owner, kept.reminded_at) == (first, None)
    assert (done.owner, of_another.owner) == (old, second)
    assert assigned.handover.follow_ups == 1
    event = kept.events.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    assert (event.owner_id, event.pgh_context["handover"]) == (first.pk, assigned.handover.pk)


def test_promises_to_other_people_s_clients_go_to_their_managers(
    here: Unit, old: User, first: User, second: User, director: User
) -> None:
    his = promise(client(branch=here, manager=second), old)
    nobody_s = [promise(client(branch=here), old) for _ in range(2)]
    gone = person("customer_manager", here, left_on=timezone.localdate())
    of_the_gone = promise(client(branch=here, manager=gone), old)
    elsewhere = promise(client(), old)

    assigned = hand_over(old, first, by=director)

    for one in (his, *nobody_s, of_the_gone, elsewhere):
        one.refresh_from_db()
    assert his.owner == second
    assert [one.owner for one in nobody_s] == [first, first]
    assert of_the_gone.owner == first
    assert elsewhere.owner == old
    assert (assigned.handover.clients, assigned.handover.follow_ups) == (0, 4)


def test_what_stays_is_counted_by_reason(here: Unit, old: User, first: User, director: User) -> None:
    client(client_no="C1", branch=here, manager=old)
    client(client_no="C2", branch=here, manager=old, status="closed")
    client(client_no="C3", branch=branch(), manager=old)
    client(client_no="C4", branch=here, manager=first)

    assigned = assign(Client.objects.all(), first, by=director)

    assert assigned.refused == {"closed": 1, "scope": 1, "same": 1}
    assert managers() == {"C1": "M1", "C2": "M0", "C3": "M0", "C4": "M1"}
    assert all(services.refusal_words(code) for code in (*assigned.refused, "successor"))


def test_a_client_stays_in_his_branch(here: Unit, old: User, first: User, centre: User) -> None:
    there = branch()
    client(client_no="C1", branch=here, manager=old)
    client(client_no="C2", branch=there, manager=old)
    assigned = hand_over(old, first, by=centre)
    assert assigned.refused == {"successor": 1}
    assert managers() == {"C1": "M1", "C2": "M0"}

    other = person("wealth_secretary", there, staff_no="M9")
    hand_over(old, first, other, by=centre)
    assert managers()["C2"] == "M9"


def test_one_s_own_clients_elsewhere_do_not_widen_the_reach(here: Unit, old: User, first: User, director: User) -> None:
    there = branch()
    Appointment.objects.create(user=director, unit=there, role="customer_manager", starts_on=dt.date(2000, 1, 1))
    client(client_no="C1", branch=there, manager=director)
    assigned = hand_over(director, first, by=director)
    assert (assigned.handover.clients, assigned.refused) == (0, {"scope": 1})


def test_who_may_hand_over(four: list[Client], old: User, first: User) -> None:
    for role in ("customer_manager", "marketing_director", "auditor", "compliance"):
        with pytest.raises(PermissionDenied):
            hand_over(old, first, by=person(role))
    assert set(managers().values()) == {"M0"}
    assert hand_over(old, first, by=person("operations_director")).refused == {"scope": 4}


@pytest.mark.parametrize(
    "successor",
    [
        {"role": "counter_clerk"},
        {"role": "customer_manager", "left_on": dt.date(2020, 1, 1)},
        {"role": "customer_manager", "left_on": dt.date(2999, 1, 1)},
        {"role": "customer_manager", "is_active": False},
        {"role": None},
    ],
)
def test_who_cannot_take_over(
    four: list[Client], old: User, director: User, here: Unit, successor: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="cannot take clients over"):
        hand_over(old, person(successor.pop("role"), here, **successor), by=director)


def test_somebody_else_and_at_least_one(four: list[Client], old: User, director: User) -> None:
    with pytest.raises(ValidationError, match="somebody else"):
        hand_over(old, old, by=director)
    with pytest.raises(ValidationError, match="choose who"):
        hand_over(old, by=director)


def test_an_appointment_that_has_ended_is_none(four: list[Client], old: User, first: User, director: User) -> None:
    Appointment.objects.filter(user=first).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(ValidationError):
        hand_over(old, first, by=director)


def test_the_same_key_once(four: list[Client], old: User, first: User, second: User, director: User) -> None:
    once = hand_over(old, first, by=director, key="k")
    again = hand_over(first, second, by=director, key="k")
    assert again.handover.pk == once.handover.pk
    assert set(managers().values()) == {"M1"}
    assert Event.objects.filter(name=moving.HANDED_OVER).count() == 1


def test_a_change_upon_a_change(four: list[Client], old: User, first: User, second: User, director: User) -> None:
    hand_over(old, first, by=director)
    hand_over(first, second, by=director)
    states = ManagerAssignment.objects.filter(client=four[0]).order_by("pk").values_list("new_manager", "state")
    assert list(states) == [(first.pk, "superseded"), (second.pk, "pending")]


def asked(old: User, *successors: User, by: User, key: str = "form-1") -> Handover:
    return request_handover(
        from_manager=old,
        successors=successors,
        rule=HandoverRule.BY_LOAD,
        reason=HandoverReason.LEFT,
        by=by,
        key=key,
    )


def test_asked_for_it_is_a_job(four: list[Client], old: User, first: User, director: User) -> None:
    handover = asked(old, first, by=director)
    assert asked(old, first, by=director).pk == handover.pk
    job = Job.objects.get(kind=services.JOB_KIND)
    assert set(managers().values()) == {"M0"}

    assert jobs.run(job.pk)

    handover.refresh_from_db()
    job.refresh_from_db()
    assert (handover.clients, job.state, job.result["refused"]) == (4, "done", {})
    assert set(managers().values()) == {"M1"}


def test_a_job_whose_successor_left_meanwhile_says_so(
    four: list[Client], old: User, first: User, director: User
) -> None:
    handover = asked(old, first, by=director)
    User.objects.filter(pk=first.pk).update(left_on=timezone.localdate())
    jobs.run(handover.job_id or 0)
    job = Job.objects.get()
    assert job.state == "failed"
    assert "cannot take clients over" in job.error
    assert set(managers().values()) == {"M0"}


def test_back_on_the_same_day(four: list[Client], old: User, first: User, second: User, director: User) -> None:
    moved, kept = promise(four[0], old), promise(four[1], old)
    finished = promise(four[2], old)
    handover = hand_over(old, first, by=director).handover
    assign(Client.objects.filter(client_no="C2"), second, by=director)
    type(finished).objects.filter(pk=finished.pk).update(state="done", ended_at=timezone.now(), ended_by=first)

    back = take_back(handover=handover, by=director)

    assert managers() == {"C1": "M0", "C2": "M2", "C3": "M0", "C4": "M0"}
    for one in (moved, kept, finished):
        one.refresh_from_db()
    assert (moved.owner, kept.owner, finished.owner) == (old, second, first)
    assert (back.clients, back.follow_ups) == (3, 1)
    change = four[0].events.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    assert change.pgh_context["handover"] == back.pk


def test_back_once_and_no_back_of_a_back(four: list[Client], old: User, first: User, director: User) -> None:
    handover = hand_over(old, first, by=director).handover
    back = take_back(handover=handover, by=director)
    with pytest.raises(ValidationError, match="already"):
        take_back(handover=handover, by=director)
    with pytest.raises(ValidationError, match="another one back"):
        take_back(handover=back, by=director)


def test_back_to_nobody(here: Unit, first: User, director: User) -> None:
    client(client_no="C1", branch=here)
    handover = assign(Client.objects.all(), first, by=director).handover
    assert managers() == {"C1": "M1"}
    take_back(handover=handover, by=director)
    assert managers() == {"C1": None}


def test_not_on_the_next_day(four: list[Client], old: User, first: User, director: User) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 22, 15, 59, tzinfo=dt.UTC), tick=False):
        handover = hand_over(old, first, by=director).handover
    with (
        time_machine.travel(dt.datetime(2026, 11, 22, 16, 1, tzinfo=dt.UTC), tick=False),
        pytest.raises(ValidationError, match="on the day"),
    ):
        take_back(handover=handover, by=director)


def test_who_may_take_back(four: list[Client], old: User, first: User, director: User) -> None:
    handover = hand_over(old, first, by=director).handover
    with pytest.raises(PermissionDenied):
        take_back(handover=handover, by=first)
    with pytest.raises(Handover.DoesNotExist):
        take_back(handover=handover, by=person("operations_director"))
