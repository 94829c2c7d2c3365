from __future__ import annotations

import pytest
from django.test import Client

from crm.organisation.models import User
from tests.factories.people import person


@pytest.fixture
def administrator() -> User:
    """With demo's exception from one-time codes: codes have tests of their own."""
    return person("administrator", is_demo=True)


@pytest.fixture
def browser(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client
