"""A small firm whose clients are easy to move between groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.services import run_segmentation
from tests.factories.clients import client
from tests.factories.ledger import AssetSnapshotFactory

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def run() -> Callable[..., Run]:
    def made(as_of: dt.date = DAY, **options: object) -> Run:
        return run_segmentation(as_of=as_of, kind=RunKind.NIGHTLY, by=None, **options)  # type: ignore[arg-type]

    return made


@pytest.fixture
def holder() -> Callable[..., Client]:
    """A client who has held `assets` (CNY, securities) since long ago."""

    def made(assets: int, **fields: object) -> Client:
        found = client(**{"opened_on": dt.date(2020, 1, 2)} | fields)
        AssetSnapshotFactory(client=found, day=dt.date(2026, 1, 5), securities=Decimal(assets))
        return found

    return made
