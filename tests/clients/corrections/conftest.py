from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.clients.feeds.loading import LoadFeed, loader
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def here(db: None) -> Unit:
    return branch(code="B1")


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here)


@pytest.fixture
def director(here: Unit) -> User:
    return person("operations_director", here)


@pytest.fixture
def centre(db: None) -> User:
    return person("operations_centre")


@pytest.fixture
def one(here: Unit) -> Client:
    return client(client_no="C1", name="张博伟", branch=here, phone="13812345678")


@pytest.fixture
def load(tmp_path: Path, db: None) -> LoadFeed:
    """`load("clients", "client_no,…")` loads a text as a file of that feed."""
    return loader(tmp_path)
