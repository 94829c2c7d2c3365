from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from crm.organisation.models import Unit, User
from tests.clients.feeds.loading import LoadFeed, loader
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
def director(here: Unit) -> User:
    return person("operations_director", here, language="en")


@pytest.fixture
def centre(db: None) -> User:
    return person("operations_centre")


@pytest.fixture
def old(here: Unit) -> User:
    return person("customer_manager", here, staff_no="M0", name="吴国栋")


@pytest.fixture
def first(here: Unit) -> User:
    return person("customer_manager", here, staff_no="M1", name="陈一", language="en")


@pytest.fixture
def second(here: Unit) -> User:
    return person("adviser", here, staff_no="M2", name="陈二", language="en")


@pytest.fixture
def load(tmp_path: Path, db: None) -> LoadFeed:
    """`load("clients", "client_no,…")` loads a text as a file of that feed."""
    return loader(tmp_path)
