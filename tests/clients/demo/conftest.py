"""A small demo firm, made once a module inside a transaction that is rolled back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clients.demo.firm import Firm
from clients.demo.services import make_firm
from tests.clients.demo.ledger import silent

UNTIL = dt.date(2026, 11, 3)
CLIENTS = 600
MONTHS = 4


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Firm]:
    """600 clients and four months of history up to Tuesday, 3 November 2026."""
    with django_db_blocker.unblock(), rolled_back():
        yield make_firm(until=UNTIL, clients=CLIENTS, months=MONTHS, say=silent)


@pytest.fixture
def changeable(firm: Firm) -> Iterator[Firm]:
    """The same firm for a test that changes it."""
    with rolled_back():
        yield firm


@pytest.fixture
def making(db: None) -> Callable[[dt.date], Firm]:
    """Makes a firm of this test's own, with the given last day."""
    return lambda until: make_firm(until=until, clients=120, months=2, say=silent)
