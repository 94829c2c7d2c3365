"""The pages of hand-overs: leavers first, a preview before it is done, progress, result, back again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.care.models import Handover
from clients.profile.models import Client
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User
from tests.clients.care.helpers import assign, hand_over, managers
from tests.clients.desk.helpers import browser_of, get
from tests.factories.care import promise, worth
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch


@pytest.fixture
def leaver(old: User) -> User:
    User.objects.filter(pk=old.pk).update(left_on=timezone.localdate() - dt.timedelta(days=2))
    return old


@pytest.fixture
def three(here: Unit, old: User) -> list[Client]:
    made = [client(client_no=f"C{n}", branch=here, manager=old) for n in range(1, 4)]
    worth(made[0], 6_000_000, "diamond")
    worth(made[1], 600_000, "gold")
    return made


def page(user: User, url: str) -> str:
    answer = get(user, url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def form(*successors: User, **more: Any) -> dict[str, Any]:
    return {
        "to": [one.staff_no for one in successors],
        "rule": "in_turn",
        "reason": "left",
        "note": "离职交接",
        "key": str(uuid.uuid4()),
    } | more


def test_leavers_come_first_with_what_they_hold(three: list[Client], leaver: User, first: User, director: User) -> None:
    promise(three[0], leaver)
    for url in ("/handovers/", "/handovers/new/"):
        text = page(director, url)
        assert "Gone or leaving" in text
        assert "/handovers/new/?from=M0" in text
    assert "Gone or leaving" not in page(person("operations_director"), "/handovers/")


def test_the_managers_of_a_branch(three: list[Client], old: User, director: User, centre: User, here: Unit) -> None:
    branch(code="B2")
    assert "from=M0" in page(director, "/handovers/new/")
    assert "from=M0" not in page(centre, "/handovers/new/")
    assert "from=M0" in page(centre, f"/handovers/new/?branch={here.code}")
    assert "from=M0" not in page(centre, "/handovers/new/?branch=B2")


def test_a_preview_changes_nothing(three: list[Client], old: User, first: User, second: User, director: User) -> None:
    promise(three[0], old)
    client(branch=branch(), manager=old)
    text = page(director, "/handovers/new/?from=M0&to=M1&to=M2&rule=in_turn")
    assert "1 open promise goes along" in text
    assert "1 client of another branch stays" in text
    assert "Hand 3 clients of 吴国栋 over?" in text
    assert "Diamond card" in text
    assert set(managers().values()) == {"M0"}
    assert not Handover.objects.exists()


@pytest.mark.parametrize("query", ["to=M1&rule=x", "rule=in_turn", "to=M9&rule=in_turn", "to=M0&rule=in_turn"])
def test_what_cannot_be_previewed_is_said(
    three: list[Client], old: User, first: User, director: User, query: str
) -> None:
    text = page(director, f"/handovers/new/?from=M0&{query}")
    assert 'id="preview"' not in text
    assert "field-error" in text


def test_handing_over(three: list[Client], old: User, first: User, second: User, director: User) -> None:
    browser, sent = browser_of(director), form(first, second)
    answer = browser.post("/handovers/new/?from=M0", sent)
    again = browser.post("/handovers/new/?from=M0", sent)
    made = Handover.objects.get()
    assert (answer.status_code, answer["Location"], again["Location"]) == (302, *[f"/handovers/{made.pk}/"] * 2)
    assert "Waiting" in page(director, answer["Location"])

    jobs.run(made.job_id or 0)

    text = page(director, answer["Location"])
    assert "Who got what" in text
    assert "/clients/?manager=M1" in text
    assert managers() == {"C1": "M1", "C2": "M2", "C3": "M1"}
    assert "M1" in managers().values()
    assert f"/handovers/{made.pk}/" in page(director, "/handovers/")


@pytest.mark.parametrize("broken", [{"to": []}, {"key": "x"}, {"reason": "none"}, {"note": "注" * 301}])
def test_a_form_that_is_not_complete_asks_again(
    three: list[Client], old: User, first: User, director: User, broken: dict[str, Any]
) -> None:
    answer = browser_of(director).post("/handovers/new/?from=M0", form(first) | broken)
    assert answer.status_code == 200
    assert not Handover.objects.exists()


def test_whom_one_cannot_hand_over(three: list[Client], first: User, director: User) -> None:
    elsewhere = person("customer_manager", staff_no="M8")
    client(branch=branch(), manager=elsewhere)
    for staff_no in ("M8", "M1", "nobody", "\0"):
        assert get(director, f"/handovers/new/?from={staff_no}").status_code == 404


def test_who_may_not_hand_over(three: list[Client], old: User, first: User, director: User) -> None:
    made = hand_over(old, first, by=director).handover
    urls = ["/handovers/", "/handovers/new/", "/handovers/new/?from=M1", f"/handovers/{made.pk}/"]
    for url in urls:
        assert get(None, url).status_code == 302
        for role in ("customer_manager", "marketing_director", "auditor"):
            assert get(person(role, old.appointments.get().unit if role != "auditor" else None), url).status_code == 403
    stranger = person("operations_director")
    assert get(stranger, f"/handovers/{made.pk}/").status_code == 404
    assert browser_of(stranger).post(f"/handovers/{made.pk}/take-back/").status_code == 404
    assert browser_of(first).post(f"/handovers/{made.pk}/take-back/").status_code == 403
    assert f"/handovers/{made.pk}/" not in page(stranger, "/handovers/")


def test_taking_back(three: list[Client], old: User, first: User, director: User) -> None:
    made = hand_over(old, first, by=director).handover
    assert "take-back" in page(director, f"/handovers/{made.pk}/")
    answer = browser_of(director).post(f"/handovers/{made.pk}/take-back/")
    again = browser_of(director).post(f"/handovers/{made.pk}/take-back/")
    assert set(managers().values()) == {"M0"}
    assert again["Location"] == f"/handovers/{made.pk}/"
    assert "was taken back" in page(director, f"/handovers/{made.pk}/")
    assert "take-back" not in page(director, answer["Location"])


def test_the_result_names_what_stayed(three: list[Client], old: User, first: User, director: User) -> None:
    Client.objects.filter(client_no="C3").update(status="closed")
    browser_of(director).post("/handovers/new/?from=M0", form(first))
    made = Handover.objects.get()
    jobs.run(made.job_id or 0)
    assert "account closed" in page(director, f"/handovers/{made.pk}/")


def test_the_profile_says_that_the_core_system_does_not_have_it(
    three: list[Client], old: User, first: User, director: User
) -> None:
    assert "not yet with the core system" not in page(director, "/clients/C1/profile/")
    assign(Client.objects.filter(client_no="C1"), first, by=director)
    assert "not yet with the core system" in page(director, "/clients/C1/profile/")


def test_the_list_is_flat(three: list[Client], old: User, first: User, second: User, director: User) -> None:
    browser, counts = browser_of(director), []
    for _ in range(2):
        hand_over(old, first, by=director)
        browser.get("/handovers/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/handovers/")
        counts.append(len(queries))
        for _turn in range(4):
            hand_over(first, second, by=director)
            hand_over(second, first, by=director)
    assert counts[0] == counts[1]
    assert counts[0] <= 20
