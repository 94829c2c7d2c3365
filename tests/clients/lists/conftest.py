from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from clients.lists.models import Tag
from crm.organisation.models import Unit, User
from tests.factories.lists import TagFactory
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
def tag(db: None) -> Tag:
    made: Tag = TagFactory(name="重点关注")
    return made
