"""A small demo firm with its month of calls, made once a module inside a transaction that is rolled back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as firm_settings
from pytest_django.plugin import DjangoDbBlocker

from callbacks.demo import services
from clients.demo.firm import Firm
from clients.demo.services import bring_up
from tests.clients.demo.conftest import rolled_back
from tests.clients.demo.ledger import silent

UNTIL = dt.date(2026, 11, 3)  # a Tuesday
DAYS = 12  # of calls
NOW = dt.datetime(2026, 11, 4, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's recordings lie."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def the_modules_files(own_folders: None, settings: Any, media: Path) -> None:
    """Each test finds them, instead of a folder of its own."""
    settings.MEDIA_ROOT = media


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: DjangoDbBlocker, media: Path) -> Iterator[Firm]:
    """600 clients with three months of history and the runs of two nights, before anybody calls."""
    with django_db_blocker.unblock(), rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(firm_settings, "MEDIA_ROOT", media)
        yield bring_up(until=UNTIL, clients=600, months=3, say=silent)


@pytest.fixture(scope="module")
def month(clients: Firm, django_db_blocker: DjangoDbBlocker) -> Iterator[Firm]:
    """The same with twelve days of calls."""
    with django_db_blocker.unblock(), rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "DAYS", DAYS)
        services.bring_up(until=UNTIL, say=silent, now=NOW)
        yield clients


@pytest.fixture
def changeable(month: Firm) -> Iterator[Firm]:
    """The same for a test that changes it."""
    with rolled_back():
        yield month
