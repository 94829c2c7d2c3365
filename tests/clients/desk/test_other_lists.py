"""Corrections, promises and what changed overnight: with views, columns and files, as the list of clients has them."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries
from python_calamine import load_workbook

from clients.contacts.filters import promise_list
from clients.corrections import exporters as corrections_as_files
from clients.corrections import pages as corrections_on_pages
from clients.corrections.filters import correction_list
from clients.corrections.models import Correction
from clients.desk import changes, exporters, promises
from clients.desk.listing import branches_in
from clients.segmentation.models import SegmentChange
from crm.access.scope import scope_of
from crm.audit.models import ReadLog
from crm.exports import files
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.services import request_export
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User
from crm.web.models import Preference, SavedView
from tests.clients.desk.helpers import browser_of, get, make_change, make_run, outflow
from tests.factories.care import correction, promise
from tests.factories.clients import client
from tests.factories.kept import SavedViewFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
LISTS = ("corrections", "promises", "overnight")
# A filter that leaves some of the rows, and all of them.
SOME = {"corrections": "state=any&field=phone", "promises": "whose=all&due=overdue", "overnight": "what=movement"}
ALL = {"corrections": "state=any", "promises": "whose=all", "overnight": "all=1"}
MOST_QUERIES = 12


@pytest.fixture
def here() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def director(here: Unit) -> User:
    return person("operations_director", here)


@pytest.fixture
def browser(director: User) -> Browser:
    return browser_of(director)


@pytest.fixture(autouse=True)
def rows(here: Unit) -> None:
    """Of each list two rows that the filter leaves and one that it does not; and a branch that nobody here sees."""
    run, now = make_run(timezone.localdate() - dt.timedelta(days=1)), timezone.now()
    for unit in (here, branch(code="BJ", name="北京中关村营业部")):
        clerk = person("counter_clerk", unit, name="刘倩")
        for n in range(3):
            one = client(client_no=f"{unit.code}{n}", name="=张博伟" if n else "李小龙", branch=unit)
            correction(one, clerk, *(("13900001111", "phone") if n else ("a@b.cn", "email")))
            promise(one, clerk, what=f"回电 <{n}>", due_at=now + dt.timedelta(hours=-n if n else 1))
            moved: dict[str, Any] = (
                {"group": "movement", "movement_urgency": 3, "movement_size": Decimal(n)} if n else {}
            )
            reasons = outflow(run.as_of) if n else {}
            make_change(run, one, **({"group": "core"} | moved), reasons=reasons, average_assets=Decimal("12345.67"))


def headings(response: Any) -> list[str]:
    head = re.search(r"<thead.*?</thead>", response.content.decode(), re.S)
    assert head
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<th .*?</th>", head[0], re.S)]


def lines(response: Any) -> list[list[str]]:
    """The rows of a page, cell by cell as text."""
    assert response.status_code == 200
    body = re.search(r"<tbody>(.*?)</tbody>", response.content.decode(), re.S)
    found = re.findall(r"<tr data-row>(.*?)</tr>", body[1] if body else "", re.S)
    return [
        [html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]
        for row in found
    ]


def take_out(by: User, name: str, query: str, columns: list[str], language: str = "en") -> Export:
    with translation.override(language):
        export = request_export(
            by=by, list_name=name, query=query, columns=columns, reason="meeting", key=query[:30], language=language
        )
    assert export.job is not None
    jobs.run(export.job.pk)
    export.refresh_from_db()
    assert export.state == "ready", export.job.error
    return export


def cells(export: Export) -> list[list[Any]]:
    return load_workbook(files.path_of(export)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("name", LISTS)
class TestKept:
    def test_a_view_is_saved_opened_and_opens_first(self, name: str, browser: Browser, director: User) -> None:
        assert len(lines(browser.get(f"/{name}/?{ALL[name]}"))) == 3
        page = browser.get(f"/{name}/?{SOME[name]}").context["page"]
        form = {"name": "Mine", "query": page.state.query_to_keep, "next": page.bar.here, "opens_first": "1"}

        saved = browser.post(f"/lists/{name}/views/", form)

        view = SavedView.objects.get(owner=director, list_name=name)
        assert saved["Location"] == f"/{name}/?view={view.pk}"
        for address in (saved["Location"], f"/{name}/"):
            opened = browser.get(address)
            assert len(lines(opened)) == 2
            assert [tab.name for tab in opened.context["page"].bar.tabs if tab.active] == ["Mine"]

    def test_a_team_s_view_shows_each_his_own_scope(self, name: str, director: User, here: Unit) -> None:
        view = SavedViewFactory(owner=director, list_name=name, name="Ours", query=SOME[name], unit=here)

        shared = browser_of(person("marketing_director", here)).get(f"/{name}/?view={view.pk}")

        assert len(lines(shared)) == 2
        assert not shared.context["page"].problems
        assert "Shared by" in shared.content.decode()
        assert "no longer exists" in get(person("marketing_director"), f"/{name}/?view={view.pk}").content.decode()

    def test_columns_in_their_order_kept_for_the_next_time(self, name: str, browser: Browser) -> None:
        usual = headings(browser.get(f"/{name}/?{ALL[name]}"))
        columns = [column.name for column in browser.get(f"/{name}/?{ALL[name]}").context["page"].state.spec.columns]
        chosen = [columns[0], *columns[:0:-1]]

        browser.post(f"/lists/{name}/columns/", {"column": chosen, "next": f"/{name}/"})

        response = browser.get(f"/{name}/?{ALL[name]}")
        assert response.context["page"].state.column_names == tuple(chosen)
        assert headings(response)[0] == usual[0]
        assert set(usual) < set(headings(response))
        assert {len(line) for line in lines(response)} == {len(chosen)}
        assert "data-row-link" in response.content.decode()
        assert Preference.objects.get().name == f"columns:{name}"

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_the_file_is_the_list_row_by_row(self, name: str, director: User, language: str) -> None:
        response = browser_of(director, language).get(f"/{name}/?{ALL[name]}")
        state = response.context["page"].state

        taken = cells(take_out(director, name, state.query, list(state.column_names), language))

        assert len(taken) == len(lines(response)) + 1 == 4
        flat = [" ".join(str(cell) for cell in row) for row in taken[1:]]
        for shown, row in zip(lines(response), flat, strict=True):
            number = re.search(r"SZ\d", " ".join(shown))
            assert number
            assert number[0] in row
        assert not any("BJ" in row or "张博伟" in row or "13900001111" in row for row in flat)

    def test_the_file_keeps_filter_and_scope_and_is_logged(self, name: str, director: User) -> None:
        columns = ["number"] if name == "overnight" else ["client"]
        export = take_out(director, name, SOME[name], columns)
        assert export.rows == 2
        assert len(take_out(person("compliance"), name, SOME[name], columns).columns) == 1
        mine, all_of_them = ReadLog.objects.filter(kind="export").order_by("pk")
        assert (mine.by, mine.rows, all_of_them.rows) == (director, 2, 4)

    def test_a_filter_that_is_gone_is_refused(self, name: str, director: User) -> None:
        for query in ("tag=5", f"{ALL[name]}&branch=BJ", "sort=nothing"):
            with translation.override("en"), pytest.raises(ExportRefused):
                take_out(director, name, query, [])

    def test_who_may_export_is_offered_it_who_may_not_is_refused(self, name: str, here: Unit, browser: Browser) -> None:
        assert f'name="list_name" value="{name}"' in browser.get(f"/{name}/").content.decode()
        clerk = browser_of(person("counter_clerk", here))
        assert "/exports/ask/" not in clerk.get(f"/{name}/").content.decode()
        form = {"list_name": name, "query": "", "columns": "", "reason": "meeting", "key": "k"}
        assert clerk.post("/exports/ask/", form).status_code == 403
        assert browser_of(None).post("/exports/ask/", form)["Location"].startswith("/account/login/")
        assert not Export.objects.exists()

    def test_few_queries(
        self, name: str, browser: Browser, director: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for n in range(8):
            SavedViewFactory(owner=director, list_name=name, name=f"v{n}", query=SOME[name])
        browser.get(f"/{name}/?{ALL[name]}")
        for query in (ALL[name], SOME[name], f"view={SavedView.objects.order_by('pk')[0].pk}"):
            with django_assert_max_num_queries(MOST_QUERIES):
                browser.get(f"/{name}/?{query}")


def every_column(user: User, name: str) -> set[str]:
    specs: dict[str, Callable[[], Any]] = {
        "corrections": lambda: correction_list(user),
        "promises": lambda: promise_list(user, timezone.localtime()),
        "overnight": lambda: changes.overnight_list(1, branches_in(scope_of(user))),
    }
    return {column.name for column in specs[name]().columns}


@pytest.mark.parametrize(
    ("name", "on_page", "in_file"),
    [
        ("corrections", corrections_on_pages.CELLS, corrections_as_files.CELLS),
        ("promises", promises.CELLS, exporters.PROMISES),
        ("overnight", changes.CELLS, exporters.CHANGES),
    ],
)
def test_every_column_is_written_on_the_page_and_in_the_file(name: str, on_page: Any, in_file: Any) -> None:
    assert every_column(person("compliance"), name) == on_page.keys() == in_file.keys()
    assert every_column(person("customer_manager"), name) <= on_page.keys()


def test_what_stands_in_the_files(director: User, here: Unit) -> None:
    """Exact amounts and instants, words for codes, nothing that a spreadsheet would run."""
    columns = ["number", "name", "before", "after", "why", "assets"]
    head, first, *_more = cells(take_out(director, "overnight", "what=movement", columns))
    assert head == ["Client number", "As of", "Name", "Before", "After", "Why", "Average assets"]
    day = timezone.localdate() - dt.timedelta(days=1)
    assert first[:5] == ["SZ2", day, "=**", "General", "Movement"]
    assert first[6] == 12345.67
    assert "net outflow" in first[5]

    _head, first, *_more = cells(take_out(director, "promises", "whose=all", ["what", "due", "client", "by"]))
    assert first[0] == "回电 <2>"
    assert isinstance(first[1], dt.datetime)
    assert first[2:6] == ["Overdue", "SZ2", "=**", "刘倩"]

    taken = cells(take_out(director, "corrections", "state=any", ["client", "field", "before", "after", "state"]))
    assert taken[1][:3] == ["SZ2", "=**", "Phone"]
    assert taken[1][4:] == ["139****1111", "Waiting for a second person"]


def test_before_the_first_run_there_is_nothing_to_take_out(director: User) -> None:
    SegmentChange.objects.all()._raw_delete("default")
    with translation.override("en"), pytest.raises(ExportRefused, match="nothing to take out"):
        take_out(director, "overnight", "", ["number"])


def test_promises_say_overdue_and_escape_what_was_typed(browser: Browser) -> None:
    page = browser.get("/promises/?whose=all").content.decode()
    assert page.count('sr-only">Overdue</span>') == 2
    assert "回电 &lt;2&gt;" in page
    assert "回电 <2>" not in page


def test_a_closed_client_and_one_that_was_not_there_before(browser: Browser, here: Unit, director: User) -> None:
    run = SegmentChange.objects.all()[0].run
    make_change(run, client(client_no="SZ8", branch=here), kind="closing", group="")
    make_change(run, client(client_no="SZ9", branch=here), old_group="", old_tier="", old_style="", group="new")
    taken = cells(take_out(director, "overnight", "", ["number", "before", "after"]))
    assert ["SZ8", "Closed"] in [[row[0], row[-1]] for row in taken]
    assert ["SZ9", ""] in [[row[0], row[2]] for row in taken]
    assert {len(line) for line in lines(browser.get("/overnight/?all=1&cols=number,before,after"))} == {3}


def test_nobody_s_correction_is_decided_by_opening_a_file(director: User) -> None:
    """The file masks what the page of a correction shows in clear to who decides."""
    take_out(director, "corrections", "state=proposed", ["client", "before", "after"])
    assert not ReadLog.objects.filter(kind="reveal").exists()
    assert set(Correction.objects.values_list("state", flat=True)) == {"proposed"}
