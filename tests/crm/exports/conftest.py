from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from crm.exports import registry
from crm.organisation.models import Unit, User
from tests.crm.exports import lists
from tests.factories.people import person
from tests.factories.units import branch


@pytest.fixture(autouse=True)
def units_may_be_taken_out() -> Iterator[None]:
    registry.register(lists.EXPORTER)
    with translation.override("en"):
        yield
    lists.forget()


@pytest.fixture
def here(db: None) -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部", city="深圳")


@pytest.fixture
def director(here: Unit) -> User:
    return person("marketing_director", here)


@pytest.fixture
def head(here: Unit) -> User:
    return person("general_manager", here)


@pytest.fixture
def small_limit(settings: object) -> None:
    """More than no row waits for a release."""
    settings.EXPORT_RELEASE_ROWS = 0  # type: ignore[attr-defined]
