from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def here(db: None) -> Unit:
    return branch(code="B1", name="深圳红岭路营业部")


@pytest.fixture
def manager(here: Unit) -> User:
    return person("customer_manager", here, name="周敏", language="en")


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here, name="刘倩", language="en")


@pytest.fixture
def someone(here: Unit, manager: User) -> Client:
    return client(client_no="10800001", name="陈志远", branch=here, manager=manager, phone="13812341234")
