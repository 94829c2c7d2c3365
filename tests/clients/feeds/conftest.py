from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.utils import translation

from tests.clients.feeds.loading import TODAY, LoadFeed, loader
from tests.factories.clients import client
from tests.factories.units import branch


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def today() -> Iterator[dt.date]:
    """Sunday 22 November 2026, half past nine in Shanghai."""
    with time_machine.travel(dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC), tick=True):
        yield TODAY


@pytest.fixture
def load(tmp_path: Path, db: None, today: dt.date) -> LoadFeed:
    """`load("assets", "client_no,date,…")` loads a text as a file of that feed."""
    return loader(tmp_path)


@pytest.fixture
def clients(db: None) -> None:
    """A branch B1 with the clients C1 to C5."""
    home = branch(code="B1")
    for number in range(1, 6):
        client(client_no=f"C{number}", branch=home)
