from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from crm.access.guards import refusal
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.crm.web.pages")]


@pytest.fixture
def quiet(client: Client) -> Client:
    """A client that gets the error page instead of the exception."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("refused", 403),
        ("missing", 404),
        ("suspicious", 400),
        ("big", 413),
        ("broken", 500),
        ("database", 503),
        ("cache", 503),
    ],
)
def test_every_page_has_its_number(quiet: Client, how: str, status: int) -> None:
    answer = quiet.get(f"/fail/{how}/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert 'lang="zh-Hans"' in text
    assert answer["X-Request-ID"]
    assert answer["X-Request-ID"] in text


def test_the_log_has_the_same_number(quiet: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = quiet.get("/fail/broken/")
    logged = [record.msg for record in caplog.records if "request_failed" in str(record.msg)]
    assert any(answer["X-Request-ID"] in str(message) for message in logged)


@pytest.mark.parametrize("how", ["broken", "database"])
def test_a_page_about_a_broken_server_asks_no_database(
    quiet: Client, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: Any, **_options: Any) -> None:
        raise AssertionError("asked the database")

    monkeypatch.setattr(connection, "cursor", gone)
    assert quiet.get(f"/fail/{how}/").status_code in (500, 503)


def test_no_such_page(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert answer.templates[0].name == "errors/404.html"


def test_a_foreign_host_is_refused_plainly(quiet: Client) -> None:
    assert quiet.get("/account/login/", HTTP_HOST="evil.example").status_code == 400


def test_a_stale_form(quiet: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/account/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert answer.templates[0].name == "errors/csrf.html"


def test_htmx_gets_a_sentence(client: Client) -> None:
    client.force_login(person("counter_clerk"))
    answer = client.get("/guarded/", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.content.decode() == refusal("crm.view_read_log")


class TestRefusal:
    def test_says_which_permission_and_who_holds_it(self, client: Client) -> None:
        client.force_login(person("counter_clerk", language="en"))
        answer = client.get("/guarded/")
        text = answer.content.decode()
        assert answer.status_code == 403
        assert "Read the log of who read what" in text
        assert "Compliance officer, Auditor" in text

    def test_not_with_the_permissions(self, client: Client) -> None:
        officer = person("compliance", is_demo=True, name="周岚")
        client.force_login(officer)
        assert client.get("/guarded/").content.decode() == "周岚"

    def test_a_stranger_is_sent_to_sign_in(self, client: Client) -> None:
        assert client.get("/guarded/")["Location"] == "/account/login/?next=%2Fguarded%2F"

    def test_a_stranger_within_htmx(self, client: Client) -> None:
        answer = client.get(
            "/guarded/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/?tier=gold"}
        )
        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/account/login/?next=%2Fclients%2F%3Ftier%3Dgold"

    def test_a_foreign_page_is_not_gone_back_to(self, client: Client) -> None:
        answer = client.post("/guarded/", headers={"Referer": "https://evil.example/x"})
        assert answer["Location"] == "/account/login/?next=%2F"

    def test_a_permission_nobody_holds(self) -> None:
        with translation.override("en"):
            assert "“clients.no_such_thing”" in refusal("clients.no_such_thing")


def test_what_was_searched_for_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/account/login/?q=13812341234")
    assert "request_finished" in caplog.text
    assert "13812341234" not in caplog.text


def test_headers(client: Client) -> None:
    answer = client.get("/account/login/")
    policy = answer["Content-Security-Policy"]
    for directive in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
