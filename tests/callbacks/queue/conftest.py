"""A branch with a callback clerk and the hour in which people are called."""

from __future__ import annotations

import datetime as dt

import pytest

from crm.organisation.models import Unit, User
from tests.factories.people import person
from tests.factories.units import BranchFactory, DepartmentFactory

NOON_BREAK = dt.datetime(2026, 11, 25, 4, 30, tzinfo=dt.UTC)  # Wednesday 12:30 in Shanghai
MORNING = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)  # 10:00


@pytest.fixture
def branch() -> Unit:
    unit: Unit = BranchFactory()
    return unit


@pytest.fixture
def clerk(branch: Unit) -> User:
    return person("callback_clerk", branch)


@pytest.fixture
def centre() -> Unit:
    unit: Unit = DepartmentFactory()
    return unit


@pytest.fixture
def agent(centre: Unit) -> User:
    return person("call_centre_agent", centre)
