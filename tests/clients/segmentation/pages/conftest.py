"""The firm of the page tests, on the morning after its second night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.clients.segmentation.pages import firm as firms
from tests.clients.segmentation.pages.firm import Firm


@pytest.fixture
def morning() -> Iterator[None]:
    """Saturday, nine o'clock; words outside of pages in English."""
    with time_machine.travel(firms.MORNING, tick=False), translation.override("en"):
        yield


@pytest.fixture
def firm(db: None, morning: None) -> Firm:
    return firms.set_up()
