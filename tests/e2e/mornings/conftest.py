"""A morning: people who sign in at the real page, in one language and at one width."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import PHONE, WIDE
from tests.e2e.firm import Firm
from tests.e2e.mornings.morning import Look, Morning
from tests.e2e.mornings.records import Records

CHINESE_DESK, ENGLISH_PHONE = Look("zh-hans", WIDE), Look("en", PHONE)
CHINESE_PHONE, ENGLISH_DESK = Look("zh-hans", PHONE), Look("en", WIDE)
LOOKS = [
    CHINESE_DESK,
    ENGLISH_PHONE,
    pytest.param(CHINESE_PHONE, marks=pytest.mark.long),
    pytest.param(ENGLISH_DESK, marks=pytest.mark.long),
]
# Where the pictures of docs/mornings.md go, when they are wanted: CRM_PICTURES=docs/pictures.
PICTURES = "CRM_PICTURES"

Begin = Callable[[str], Morning]


@pytest.fixture(scope="package")
def records(firm: Firm) -> Iterator[Records]:
    with Records(firm.var).opened() as opened:
        yield opened


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    chosen: Look = request.param
    return chosen


@pytest.fixture
def begin(firm: Firm, browser: Browser, records: Records, look: Look) -> Iterator[Begin]:
    """`begin(staff_no)`: the morning of one person, in a browser of his own, before he has signed in.

    Somebody else whom the morning needs begins his own.
    """
    password = next(iter(firm.accounts.values())).password
    folder = Path(os.environ[PICTURES]).resolve() if os.environ.get(PICTURES) else None
    begun: list[Morning] = []

    def of(staff_no: str) -> Morning:
        morning = Morning(browser, firm.url, look, records, staff_no, password, folder)
        begun.append(morning)
        return morning

    yield of
    for morning in begun:
        morning.context.close()
    assert [said for morning in begun for said in morning.complaints] == []
