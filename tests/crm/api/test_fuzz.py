"""Thousands of requests made from the API's own description: whatever is sent, the answer is no server error."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings

from tests.crm.api.conftest import Program
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = [pytest.mark.long, pytest.mark.django_db]

EXAMPLES = 100
UNTHROTTLED = {"user": "1000000/min", "wrong_tokens": "1000000/min"}


@pytest.mark.parametrize("role", ["operations_centre", "operations_director", "customer_manager"])
def test_no_server_error(program: Program, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.THROTTLE_RATES", UNTHROTTLED)
    monkeypatch.setattr("crm.events.nudge.current_app.send_task", lambda *_args, **_options: None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis  # noqa: PLC0415 (warns when it is imported)

        schema: Any = schemathesis.openapi.from_path(Path(django_settings.BASE_DIR) / "docs" / "openapi.yaml")
        user = person(role, is_demo=True)
        client(branch=user.appointments.get().unit, client_no="C1")
        made = program(user)
        statuses: set[int] = set()
        for found in schema.get_all_operations():
            ask_often(found.ok(), made, statuses)
    assert statuses >= {200, 400, 404}, "the requests got through to the views"


def ask_often(operation: Any, made: Browser, statuses: set[int]) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = send(case, made)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, f"{case.method} {case.path} {case.query} {case.body!r}"

    ask()


def send(case: Any, made: Browser) -> Any:
    """The request of a case, by Django's own client: it shares the test's transaction."""
    wanted = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = wanted.body or b""
    kind = wanted.headers.get("Content-Type", "application/octet-stream")
    return made.generic(wanted.method or "GET", wanted.path_url, body, content_type=str(kind))
