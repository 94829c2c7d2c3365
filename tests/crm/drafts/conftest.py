"""A form with drafts about things of a register: whatever begins with `mine` is in scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from crm.drafts.registry import draft_kind, forget_kind
from crm.organisation.models import User
from tests.factories.people import person

KIND, KEY = "register", "mine-1"


@pytest.fixture(autouse=True)
def form() -> Iterator[None]:
    draft_kind(KIND, permission="clients.enter_contact", in_scope=lambda user, key: key.startswith("mine"))
    yield
    forget_kind(KIND)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(db: None) -> User:
    return person("counter_clerk")
