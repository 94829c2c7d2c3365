"""The idle lock, what was sent while locked, and the list of sessions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from crm.access.selectors import browser_in_words
from crm.jobs.models import Job
from tests.crm.access.test_sign_in import sign_in
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db

LOCK = "/account/lock/"


@pytest.fixture
def clerk(client: Client) -> Any:
    user = person("counter_clerk")
    sign_in(client, user)
    return user


def later(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=True)


class TestIdle:
    def test_locked_after_a_quarter_of_an_hour(self, client: Client, clerk: Any) -> None:
        with later(14):
            assert client.get("/jobs/").status_code == 200
        with later(14 + 14):
            assert client.get("/jobs/").status_code == 200, "it counts from the last page"
        with later(28 + 16):
            answer = client.get("/jobs/?a=1")
            assert answer["Location"] == "/account/lock/?next=%2Fjobs%2F%3Fa%3D1"
            assert client.get("/jobs/").status_code == 302, "it stays locked"

    def test_the_password_leads_back(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.get("/jobs/")
            page = client.get(LOCK, {"next": "/jobs/"})
            assert clerk.name in page.content.decode()
            wrong = client.post(LOCK, {"password": "wrong", "next": "/jobs/"})
            assert wrong.status_code == 403
            assert client.get("/jobs/").status_code == 302
            assert client.post(LOCK, {"password": PASSWORD, "next": "/jobs/"})["Location"] == "/jobs/"
            assert client.get("/jobs/").status_code == 200

    def test_never_to_another_host(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.get("/jobs/")
            assert client.post(LOCK, {"password": PASSWORD, "next": "//evil.example"})["Location"] == "/"

    def test_htmx_is_told_by_header(self, client: Client, clerk: Any) -> None:
        with later(20):
            answer = client.get(
                "/jobs/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/?page=2"}
            )
        assert answer.status_code == 423
        assert answer["HX-Redirect"] == "/account/lock/?next=%2Fclients%2F%3Fpage%3D2"

    def test_a_page_that_asks_by_itself_is_no_activity(self, client: Client, clerk: Any) -> None:
        job = Job.objects.create(kind="x", key="1", requested_by=clerk, created_at=timezone.now())
        with later(10):
            assert client.get(f"/jobs/{job.pk}/state/").status_code == 200
        with later(16):
            assert client.get(f"/jobs/{job.pk}/state/").status_code == 302

    def test_typing_is_activity(self, client: Client, clerk: Any) -> None:
        with later(10):
            assert client.post("/account/alive/").status_code == 204
        with later(20):
            assert client.get("/jobs/").status_code == 200

    def test_an_emptied_cache_neither_locks_nor_unlocks(self, client: Client, clerk: Any) -> None:
        with later(10):
            client.get("/jobs/")
            cache.clear()
            assert client.get("/jobs/").status_code == 200
        with later(30):
            cache.clear()
            assert client.get("/jobs/").status_code == 302

    def test_sign_out_from_the_lock(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.get("/jobs/")
            assert client.post("/account/logout/").status_code == 302
            assert "_auth_user_id" not in client.session

    def test_guessing_is_limited(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.get("/jobs/")
            for _attempt in range(10):
                client.post(LOCK, {"password": "wrong"})
            assert client.post(LOCK, {"password": PASSWORD}).status_code == 403
            assert client.get("/jobs/").status_code == 302

    def test_an_open_page_is_not_a_lock(self, client: Client, clerk: Any) -> None:
        assert client.get(LOCK)["Location"] == "/"

    def test_the_script_that_covers_an_open_page(self, client: Client, clerk: Any) -> None:
        client.post("/account/lock/now/")
        asked: Any = {"headers": {"Accept": "application/json"}}
        wrong = client.post(LOCK, {"password": "wrong"}, **asked)
        assert wrong.status_code == 403
        assert wrong.json()["error"]
        assert client.get("/jobs/").status_code == 302
        assert client.post(LOCK, {"password": PASSWORD}, **asked).status_code == 204
        assert client.get("/jobs/").status_code == 200

    def test_the_page_carries_its_own_lock(self, client: Client, clerk: Any, settings: Any) -> None:
        text = client.get("/jobs/").content.decode()
        assert f'data-lock-after="{settings.IDLE_LOCK_SECONDS}"' in text
        assert '<dialog id="lock"' in text
        assert '<dialog id="lock"' not in Client().get("/account/login/").content.decode()

    def test_by_hand(self, client: Client, clerk: Any) -> None:
        assert client.post("/account/lock/now/", {"next": "/jobs/"})["Location"] == "/account/lock/?next=/jobs/"
        assert client.get("/jobs/").status_code == 302


class TestStash:
    def test_what_was_sent_is_offered_again(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.post("/jobs/1/cancel/?a=1", {"note": "an hour's typing", "tag": ["a", "b"], "password": "p"})
            assert client.post(LOCK, {"password": PASSWORD})["Location"] == "/account/lock/sent/"
            page = client.get("/account/lock/sent/")
            stash = page.context["stash"]
            assert stash.url == "/jobs/1/cancel/?a=1"
            assert stash.fields == [("note", "an hour's typing"), ("tag", "a"), ("tag", "b")]
            text = page.content.decode()
            assert 'action="/jobs/1/cancel/?a=1"' in text
            assert client.get("/account/lock/sent/").status_code == 200, "a reload loses nothing"

    def test_offered_once_after_unlocking(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.post("/jobs/1/cancel/", {"note": "x"})
            client.post(LOCK, {"password": PASSWORD})
            client.get("/account/lock/sent/")
        with later(40):
            client.get("/jobs/")
            assert client.post(LOCK, {"password": PASSWORD, "next": "/jobs/"})["Location"] == "/jobs/"

    def test_thrown_away(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.post("/jobs/1/cancel/", {"note": "x"})
            client.post(LOCK, {"password": PASSWORD})
            client.post("/account/lock/sent/")
            assert client.get("/account/lock/sent/").status_code == 302

    def test_too_large_or_empty_is_not_kept(self, client: Client, clerk: Any) -> None:
        with later(20):
            client.post("/jobs/1/cancel/", {"note": "x" * 200_001})
            client.post("/jobs/1/cancel/")
            assert "stashed" not in client.session


class TestSessions:
    def test_listed_and_ended_one_by_one(self, client: Client, clerk: Any) -> None:
        other = Client(HTTP_USER_AGENT="Other browser")
        sign_in(other, clerk)
        page = client.get("/account/sessions/")
        assert "Other browser" in page.content.decode()
        row = UserSession.objects.get(user_agent="Other browser")
        assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 302
        assert other.get("/jobs/").status_code == 302
        assert client.get("/jobs/").status_code == 200

    def test_somebody_elses_is_not_there(self, client: Client, clerk: Any) -> None:
        other = Client()
        sign_in(other, person("counter_clerk"))
        row = UserSession.objects.exclude(user=clerk).get()
        assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 404
        assert other.get("/jobs/").status_code == 200

    def test_all_others_at_once(self, client: Client, clerk: Any) -> None:
        others = [Client(), Client()]
        for other in others:
            sign_in(other, clerk)
        client.post("/account/sessions/")
        assert [other.get("/jobs/").status_code for other in others] == [302, 302]
        assert client.get("/jobs/").status_code == 200

    def test_last_use_is_shown(self, client: Client, clerk: Any) -> None:
        with later(5):
            now = timezone.now()
            client.get("/jobs/")
        assert UserSession.objects.get().last_seen_at >= now


def test_a_page_costs_three_queries_at_most(client: Client, clerk: Any, django_assert_max_num_queries: Any) -> None:
    """The person, his appointments, and the page's own one."""
    client.get("/jobs/")
    with django_assert_max_num_queries(3):
        client.get("/jobs/")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604.1", "Safari · iPhone"),
        ("curl/8.0", "curl/8.0"),
    ],
)
def test_browsers_in_words(user_agent: str, words: str) -> None:
    assert browser_in_words(user_agent) == words
