"""What a browser prints of a client's page: nothing that is in clear only because the client is one's own."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import ExtraPhoneFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

NO, NAME, PHONE, OTHER_PHONE, CONTACT = "10800001", "陈志远", "13812341234", "13900005678", "欧阳明月"
VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


class Paper(HTMLParser):
    """The text of a page's content that is printed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []  # of each open element: whether it is left out
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append("no-print" in (dict(attrs).get("class") or "").split())

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.words.append(data)


@pytest.fixture
def here() -> Unit:
    return branch()


@pytest.fixture
def manager(here: Unit) -> User:
    return person("customer_manager", here)


def on_paper(page: str) -> str:
    paper = Paper()
    paper.feed(page[page.index("<main") : page.index("</main>") + len("</main>")])
    assert not paper.open
    return "".join(paper.words)


@pytest.mark.parametrize("tab", ["profile/", "wishes/"])
def test_own_clients_are_masked_on_paper(here: Unit, manager: User, tab: str) -> None:
    one = client(client_no=NO, name=NAME, phone=PHONE, contact_person=CONTACT, branch=here, manager=manager)
    ExtraPhoneFactory(client=one, phone=OTHER_PHONE)
    page = get(manager, f"/clients/{NO}/{tab}").content.decode()
    assert NAME in page
    assert "陈**" in on_paper(page)
    for clear in (NAME, PHONE, OTHER_PHONE, CONTACT):
        assert clear not in on_paper(page)


def test_what_was_revealed_is_not_printed(here: Unit) -> None:
    client(client_no=NO, name=NAME, phone=PHONE, branch=here)
    sent = {"field": "phone", "reason": "callback"}
    page = browser_of(person("general_manager", here)).post(f"/clients/{NO}/reveal/", sent).content.decode()
    assert PHONE in page
    assert PHONE not in on_paper(page)
