"""API tokens: for whom, for what, until when; and what becomes of wrong ones."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from crm.access import tokens
from crm.access.models import ApiToken
from crm.organisation.models import Appointment, User
from tests.crm.api.conftest import Program
from tests.factories.people import person

pytestmark = pytest.mark.django_db

CLIENTS = "/api/v1/clients/"
SEE = "clients.view_client"


def issue(user: User, **fields: Any) -> tuple[ApiToken, str]:
    given: dict[str, Any] = {
        "name": "x",
        "permissions": [SEE],
        "ends_on": timezone.localdate(),
        "by": person("administrator"),
    }
    return tokens.issue(user=user, **(given | fields))


class TestIssue:
    def test_the_clear_text_is_nowhere_kept(self) -> None:
        token, clear = issue(person("customer_manager"))
        assert clear.startswith("crm_")
        assert clear[:12] == token.prefix
        assert clear.encode() not in bytes(token.digest)
        assert tokens.token_for(clear) == token
        assert tokens.token_for(clear + "x") is None

    def test_by_administrators_and_never_for_oneself(self) -> None:
        with pytest.raises(PermissionDenied):
            issue(person("customer_manager"), by=person("operations_centre"))
        admin = person("administrator")
        with pytest.raises(PermissionDenied, match="himself"):
            issue(admin, by=admin, permissions=["crm.view_jobs"])

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"permissions": ["clients.feed_everything"]}, "does not hold: clients.feed_everything"),
            ({"permissions": []}, "at least one"),
            ({"ends_on": dt.date(2020, 1, 1)}, "day that is past"),
            ({"ends_on": dt.date(2099, 1, 1)}, "a year at most"),
        ],
    )
    def test_refused_in_words(self, fields: dict[str, Any], words: str) -> None:
        with pytest.raises(ValidationError, match=words):
            issue(person("customer_manager"), **fields)
        assert not ApiToken.objects.exists()

    def test_history_says_who(self) -> None:
        admin = person("administrator")
        token, _clear = issue(person("customer_manager"), by=admin)
        tokens.withdraw(token, by=admin)
        events: Any = token
        assert [event.pgh_context["staff_no"] for event in events.events.all()] == [admin.staff_no] * 2


class TestUse:
    def test_without_and_with_a_wrong_one(self) -> None:
        assert Browser().get(CLIENTS).status_code == 401
        answer = Browser(headers={"authorization": "Bearer crm_nothing"}).get(CLIENTS)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_a_session_of_the_pages_is_none(self) -> None:
        browser = Browser()
        browser.force_login(person("customer_manager"))
        assert browser.get(CLIENTS).status_code == 401

    def test_no_more_than_it_names(self, program: Program) -> None:
        director = person("operations_director")
        assert program(director, SEE).get(CLIENTS).status_code == 200
        narrow = program(director, "crm.export_lists")
        refused = narrow.get(CLIENTS)
        assert refused.status_code == 403
        assert "these roles hold" in refused.json()["detail"]
        assert program(director, SEE).post("/api/v1/feeds/", {"feed": "clients"}).status_code in (400, 403)

    def test_no_more_than_the_person_may_today(self, program: Program) -> None:
        clerk = person("counter_clerk")
        made = program(clerk, SEE)
        assert made.get(CLIENTS).status_code == 200
        Appointment.objects.filter(user=clerk).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
        assert made.get(CLIENTS).status_code == 403

    def test_it_ends(self, program: Program) -> None:
        last = timezone.localdate() + dt.timedelta(days=2)
        made = program(person("counter_clerk"), SEE, ends_on=last)
        zone = timezone.get_default_timezone()
        with time_machine.travel(dt.datetime.combine(last, dt.time(23, 59), tzinfo=zone), tick=False):
            assert made.get(CLIENTS).status_code == 200
        with time_machine.travel(dt.datetime.combine(last, dt.time(23, 59), tzinfo=zone) + dt.timedelta(minutes=2)):
            assert made.get(CLIENTS).status_code == 401

    def test_withdrawn_at_once_by_its_person(self, program: Program) -> None:
        clerk = person("counter_clerk")
        made = program(clerk, SEE)
        tokens.withdraw(ApiToken.objects.get(), by=clerk)
        assert made.get(CLIENTS).status_code == 401
        with pytest.raises(PermissionDenied):
            tokens.withdraw(ApiToken.objects.get(), by=person("compliance"))

    def test_a_leaver_has_none(self, program: Program) -> None:
        clerk = person("counter_clerk")
        made = program(clerk, SEE)
        User.objects.filter(pk=clerk.pk).update(left_on=timezone.localdate())
        assert made.get(CLIENTS).status_code == 401

    def test_its_use_is_noted(self, program: Program) -> None:
        program(person("counter_clerk"), SEE).get(CLIENTS)
        assert ApiToken.objects.get().last_used_at is not None

    def test_guessing_is_slowed_down(self, program: Program) -> None:
        wrong = Browser(headers={"authorization": "Bearer crm_guess"})
        statuses = [wrong.get(CLIENTS).status_code for _guess in range(32)]
        assert statuses[:30] == [401] * 30
        assert statuses[30:] == [429, 429]

    def test_throttled(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.THROTTLE_RATES", {"user": "2/min"})
        made = program(person("counter_clerk"), SEE)
        assert [made.get(CLIENTS).status_code for _call in range(3)] == [200, 200, 429]


class TestPages:
    def browser(self, user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        browser.cookies["django_language"] = "en"
        return browser

    def test_issued_shown_once_used_withdrawn(self) -> None:
        clerk, admin = person("operations_centre"), self.browser(person("administrator", is_demo=True))
        given = {
            "name": "core system",
            "staff_no": clerk.staff_no,
            "ends_on": timezone.localdate().isoformat(),
            "permissions": ["clients.feed_everything", SEE],
        }
        text = admin.post(reverse("account_token_new"), given).content.decode()
        found = re.search(r"crm_[\w-]{20,}", text)
        assert found
        listed = admin.get(reverse("account_tokens")).content.decode()
        assert found[0] not in listed
        assert "core system" in listed
        program = Browser(headers={"authorization": f"Bearer {found[0]}"})
        assert program.get(CLIENTS).status_code == 200
        admin.post(reverse("account_token_withdraw", args=[ApiToken.objects.get().pk]))
        assert program.get(CLIENTS).status_code == 401

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"staff_no": "nobody"}, "Nobody in service"),
            ({"permissions": ["x"]}, "Select a valid choice"),
            ({"permissions": ["clients.run_segmentation"]}, "does not hold"),
            ({"ends_on": "2020-01-01"}, "day that is past"),
        ],
    )
    def test_what_is_wrong_is_said(self, wrong: dict[str, Any], words: str) -> None:
        clerk = person("counter_clerk")
        given = {"name": "n", "staff_no": clerk.staff_no, "ends_on": timezone.localdate(), "permissions": [SEE]}
        answer = self.browser(person("administrator", is_demo=True)).post(reverse("account_token_new"), given | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not ApiToken.objects.exists()

    def test_others_see_their_own_alone(self, program: Program) -> None:
        mine, other = person("counter_clerk"), person("counter_clerk")
        program(mine, SEE, name="mine alone")
        program(other, SEE, name="of somebody else")
        text = self.browser(mine).get(reverse("account_tokens")).content.decode()
        assert "mine alone" in text
        assert "of somebody else" not in text
        assert self.browser(mine).get(reverse("account_token_new")).status_code == 403
        foreign = ApiToken.objects.get(user=other)
        assert self.browser(mine).post(reverse("account_token_withdraw", args=[foreign.pk])).status_code == 404
