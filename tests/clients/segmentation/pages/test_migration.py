"""Who went from where to where: every cell against the plain-Python twin of both days, and the clients behind it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from clients.ledger.models import Alert
from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.migration import Span, clients_behind, matrices, span_of
from clients.segmentation.services import run_segmentation
from clients.segmentation.trial_page import AXES
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import BASE, CLEAR_NAME, NIGHT, SCOPES, Firm, found, reader
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

URL = "/segmentation/migration/"
LATER = NIGHT + dt.timedelta(days=1)
SPANS = [(BASE, NIGHT), (NIGHT, LATER), (BASE, LATER)]


@pytest.fixture
def third(firm: Firm) -> Firm:
    """The firm with a third night."""
    run_segmentation(as_of=LATER, kind=RunKind.NIGHTLY, by=None)
    return firm


def expected(axis: str, first: dt.date, last: dt.date, branches: list[str]) -> Counter[tuple[str, str]]:
    """What the twin says of both days."""
    before, after = found(first), found(last)
    numbers = [number for number in {*before, *after} if number.partition("-")[0] in branches]
    boxes = ((getattr(before.get(n), axis, ""), getattr(after.get(n), axis, "")) for n in numbers)
    return Counter(boxes)


def shown(axis: str, span: Span, user: Any) -> Counter[tuple[str, str]]:
    """What the page counts, by the codes in the addresses of its cells."""
    matrix = next(one for one in matrices(span, user) if one.axis == axis)
    counts: Counter[tuple[str, str]] = Counter()
    for row in matrix.rows:
        for cell in row.cells:
            if cell.count:
                old, new = cell.url.rstrip("/").rsplit("/", 2)[1:]
                counts[old.strip("-"), new.strip("-")] += cell.count
    return counts


class TestCells:
    @pytest.mark.parametrize("role", SCOPES)
    @pytest.mark.parametrize(("first", "last"), SPANS)
    def test_every_cell_is_the_twins(self, third: Firm, role: str, first: dt.date, last: dt.date) -> None:
        user = reader(third, role)
        for axis in AXES:
            assert shown(axis, Span(first, last), user) == expected(axis, first, last, SCOPES[role]), axis

    @pytest.mark.parametrize(("first", "last"), SPANS)
    def test_the_list_behind_is_the_cell(self, third: Firm, first: dt.date, last: dt.date) -> None:
        user, span = reader(third, "region_head"), Span(first, last)
        for axis in AXES:
            for (old, new), count in shown(axis, span, user).items():
                behind = clients_behind(axis, old, new, span, user)
                numbers = set(behind.values_list("client_no", flat=True))
                before, after = found(first), found(last)
                assert len(numbers) == count
                assert all(getattr(before.get(n), axis, "") == old for n in numbers)
                assert all(getattr(after.get(n), axis, "") == new for n in numbers)

    def test_who_changed_branch_is_counted_where_he_is_now(self, firm: Firm) -> None:
        user, span = reader(firm, "general_manager"), Span(BASE, NIGHT)
        before = sum(shown("tier", span, user).values())
        Client.objects.filter(client_no="SH1-outflow").update(branch=firm.branches["SZ1"])
        assert sum(shown("tier", span, user).values()) == before + 1
        assert clients_behind("group", "general", "movement", span, user).filter(client_no="SH1-outflow").exists()


class TestPage:
    def test_the_usual_span_is_the_last_month(self, third: Firm) -> None:
        page = get(reader(third, "compliance"), URL, language="zh-hans")
        assert (page.context["span"].first, page.context["span"].last) == (BASE, LATER)
        assert "客户迁移" in page.content.decode()

    def test_the_days_that_are_asked_for(self, third: Firm) -> None:
        page = get(reader(third, "compliance"), f"{URL}?from={BASE}&to={NIGHT}", language="en")
        assert page.context["span"] == Span(BASE, NIGHT)
        assert "Migration" in page.content.decode()

    @pytest.mark.parametrize("params", ["from=x&to=y", "from=2099-01-01&to=1900-01-01", "from=%00", "to=9999-12-31"])
    def test_days_without_a_run(self, third: Firm, params: str) -> None:
        span = get(reader(third, "compliance"), f"{URL}?{params}").context["span"]
        assert span.first < span.last

    def test_one_night_alone_has_no_moves(self) -> None:
        page = get(person("compliance", is_demo=True), URL, language="en").content.decode()
        assert "Not two nights yet" in page
        assert span_of("", "", [BASE]) is None

    def test_a_cell_lists_its_clients_masked(self, firm: Firm) -> None:
        user = reader(firm, "general_manager")
        matrix = next(one for one in get(user, URL).context["matrices"] if one.axis == "group")
        cell = next(cell for row in matrix.rows for cell in row.cells if cell.count and not cell.stays)
        page = get(user, cell.url, language="en")
        assert len(page.context["rows"]) == cell.count
        assert CLEAR_NAME not in page.content.decode()

    @pytest.mark.parametrize(
        "path",
        [
            f"{BASE}/{NIGHT}/tier/bronze/gold/",
            f"{BASE}/{NIGHT}/colour/gold/gold/",
            f"{NIGHT}/{BASE}/tier/gold/gold/",
            "x/y/tier/gold/gold/",
        ],
    )
    def test_a_cell_that_is_none(self, firm: Firm, path: str) -> None:
        assert get(reader(firm, "compliance"), URL + path).status_code == 404

    @pytest.mark.parametrize("url", [URL, "/segmentation/alerts/", f"{URL}{BASE}/{NIGHT}/tier/gold/gold/"])
    def test_who_may(self, firm: Firm, url: str) -> None:
        assert get(None, url).status_code == 302
        assert get(person("customer_manager"), url).status_code == 403

    def test_the_queries_do_not_grow(self, firm: Firm, django_assert_max_num_queries: Any) -> None:
        browser = browser_of(reader(firm, "compliance"))
        browser.get(URL)
        with django_assert_max_num_queries(16):
            browser.get(URL)


class TestAlerts:
    def test_open_ones_in_scope(self, firm: Firm) -> None:
        known = Alert.objects.get()
        Alert.objects.create(
            alert_no="A-2", client=known.client, raised_on=BASE, closed_on=NIGHT, source="exchange", kind="大宗交易"
        )
        page = get(reader(firm, "region_head"), "/segmentation/alerts/", language="en")
        assert [row.alert.alert_no for row in page.context["rows"]] == ["A-1"]
        assert CLEAR_NAME not in page.content.decode()
        closed = get(reader(firm, "region_head"), "/segmentation/alerts/?state=closed", language="en")
        assert [row.alert.alert_no for row in closed.context["rows"]] == ["A-2"]
        elsewhere = get(reader(firm, "general_manager"), "/segmentation/alerts/", language="en")
        assert "No alert is open" in elsewhere.content.decode()
