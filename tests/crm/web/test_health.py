from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from health_check.exceptions import ServiceUnavailable

from crm.web import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_applied", [])


def test_live(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.parametrize("address", ["/health/", "/health/ready"])
def test_ready(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "migrations": "ok",
    }
    assert "no-store" in answer["Cache-Control"]


def test_not_ready_says_what_but_not_why(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(self: Any) -> None:
        raise ServiceUnavailable("redis://user:secret@10.0.0.1 refused")

    monkeypatch.setattr(health.Broker, "run", run)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "failed"
    assert "secret" not in answer.content.decode()


def test_a_missing_migration(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.web.health.MigrationExecutor.migration_plan", lambda self, targets: ["one"])
    assert client.get("/health/ready").json()["migrations"] == "failed"


def test_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OSError("refused")

    monkeypatch.setattr("crm.web.health.current_app.connection_for_write", away)
    with pytest.raises(ServiceUnavailable):
        health.Broker().run()


class TestMetrics:
    def test_from_the_machine_itself(self, client: Client) -> None:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        assert b"django_http_requests_total" in answer.content

    @pytest.mark.parametrize(
        "more", [{"REMOTE_ADDR": "10.0.0.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": ""}]
    )
    def test_not_from_outside(self, client: Client, more: dict[str, Any]) -> None:
        assert client.get("/metrics", **more).status_code == 403

    def test_with_the_token(self, client: Client, settings: Any) -> None:
        settings.METRICS_TOKEN = "a-token"
        outside: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.7"}
        assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-token", **outside).status_code == 200
        assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer other", **outside).status_code == 403
