from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation

from crm.access import tokens
from crm.organisation.models import User
from tests.factories.people import person

Program = Callable[..., Browser]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def program(db: None) -> Program:
    """`program(user, "clients.view_client", …)`: something that signs in with a token for `user`; all his permissions
    when none is named."""

    def made(user: User, *permissions: str, **fields: Any) -> Browser:
        given: dict[str, Any] = {"name": "test", "ends_on": timezone.localdate() + dt.timedelta(days=30)} | fields
        chosen = permissions or sorted(user.get_all_permissions())
        _token, clear = tokens.issue(user=user, permissions=chosen, by=person("administrator"), **given)
        return Browser(headers={"authorization": f"Bearer {clear}", "accept-language": "en"})

    return made
