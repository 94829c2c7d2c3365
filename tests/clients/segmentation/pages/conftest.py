"""The firm of the page tests, on the morning after its second night; and somebody who may propose and try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import translation

from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of
from tests.clients.segmentation.pages import firm as firms
from tests.clients.segmentation.pages.firm import Firm
from tests.factories.people import person


@pytest.fixture
def morning() -> Iterator[None]:
    """Saturday, nine o'clock; words outside of pages in English."""
    with time_machine.travel(firms.MORNING, tick=False), translation.override("en"):
        yield


@pytest.fixture
def firm(db: None, morning: None) -> Firm:
    return firms.set_up()


@pytest.fixture
def author(db: None) -> User:
    """Who proposes policies and tries them."""
    return person("sales_trading_hq")


@pytest.fixture
def browser(author: User) -> Browser:
    return browser_of(author)
