"""The client list as a file: row by row what the page shows whoever asks, of one moment, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
import html
import re
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone, translation
from python_calamine import load_workbook

from clients.desk.listing import client_list
from clients.lists.models import Tag
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.exports import files, making, workbook
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.services import request_export
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User
from crm.web.lists.state import read_state
from tests.clients.desk.helpers import browser_of, stand
from tests.factories.clients import ServiceRecordFactory, client
from tests.factories.lists import ClientTagFactory, TagFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
USUAL = ["number", "name", "tier", "style", "group", "assets", "risk", "manager", "opened", "contact"]


@pytest.fixture
def unit() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def director(unit: Unit) -> User:
    return person("operations_director", unit)


def fill(unit: Unit, manager: User | None = None) -> None:
    """Clients of every sort, in no order."""
    today = timezone.localdate()
    for n in range(60):
        made = client(
            client_no=f"{n * 7 % 60:04d}",
            name=["张博伟", "=cmd|'/c calc'!A1", "O'Neil & <b>", "名" * 30][n % 4],
            branch=unit,
            manager=manager if n % 3 else None,
            status="suspended" if n % 10 == 0 else "active",
            opened_on=dt.date(2020, 1, 1) + dt.timedelta(days=n),
        )
        stand(
            made,
            tier=["gold", "silver", "none"][n % 3],
            style=["trader", "investor"][n % 2],
            group=["core", "general", "movement"][n % 3],
            average_assets=Decimal(n * 1234567) / 100,
            risk_level=["C1-lowest", "C4", ""][n % 3],
            risk_until=today - dt.timedelta(days=1) if n % 6 == 0 else today if n % 3 != 2 else None,
        )
        if n % 4 == 0:
            ServiceRecordFactory(client=made, occurred_at=timezone.now() - dt.timedelta(hours=n))


def take_out(by: User, query: str = "", language: str = "en", **fields: Any) -> Export:
    with translation.override(language):
        export = request_export(
            by=User.objects.get(pk=by.pk),
            list_name="clients",
            query=query,
            key=f"{query}{language}{fields}"[:36],
            language=language,
            reason="meeting",
            **({"columns": USUAL} | fields),
        )
    assert export.job is not None
    jobs.run(export.job.pk)
    export.refresh_from_db()
    assert export.state == "ready", export.job and export.job.error
    return export


def rows_of(export: Export) -> list[list[Any]]:
    return load_workbook(files.path_of(export)).get_sheet_by_index(0).to_python()


def on_pages(user: User, query: str, language: str = "en") -> list[dict[str, str]]:
    """The list as its pages show it, cell by cell as text, all pages one after the other."""
    browser, url, found = browser_of(user, language), f"/clients/?{query}", []
    while url:
        response = browser.get(url)
        names = response.context["page"].state.column_names
        for row in response.context["rows"]:
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row.cells, re.S)
            titles = [re.search(r'<(?:data|time)[^>]* title="([^"]*)"', cell) for cell in cells]
            texts = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
            exact = [title[1] if title else text for title, text in zip(titles, texts, strict=True)]
            found.append(dict(zip(names, map(html.unescape, exact), strict=True)) | {"raw": row.name})
        url = response.context["page"].next_url
    return found


def as_text(value: Any) -> str:
    """A cell of the file as the page would write it."""
    if value == "":
        return "–"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "query",
    ["", "sort=number", "tier=gold&tier=silver&sort=-opened", "group=movement&status=suspended&status=active", "q=zbw"],
)
def test_the_file_is_the_list_row_by_row(director: User, unit: Unit, query: str, language: str) -> None:
    fill(unit, person("customer_manager", unit, name="周敏"))
    client(client_no="THERE")

    pages, (head, *rows) = on_pages(director, query, language), rows_of(take_out(director, query, language))

    assert len(rows) == len(pages) > 0
    assert head[0] == ("客户号" if language == "zh-hans" else "Client number")
    for row, page in zip(rows, pages, strict=True):
        number, name, status, *others = row
        assert number == page["number"].replace(" ", "")
        assert name == page["raw"]
        marked = page["name"].removeprefix(page["raw"]).strip()
        assert status == (marked or ("正常" if language == "zh-hans" else "Active"))
        shown = [page[column] or "–" for column in USUAL[2:]]
        assert [as_text(value) for value in others] == shown


def test_chosen_columns_in_their_order(director: User, unit: Unit) -> None:
    fill(unit)

    export = take_out(director, "sort=number", columns=["number", "kind", "opened"])

    assert rows_of(export)[:2] == [
        ["Client number", "Kind of client", "Opened on"],
        ["0000", "Individual", dt.date(2020, 1, 1)],
    ]


def test_own_clients_in_clear_others_masked(unit: Unit, director: User) -> None:
    """Whoever exports sees names as on his list; two roles in one person show both."""
    both = person("customer_manager", unit)
    both.appointments.create(unit=unit, role="marketing_director", starts_on=dt.date(2020, 1, 1))
    client(client_no="MINE", name="张博伟", branch=unit, manager=both)
    client(client_no="OTHER", name="李小龙", branch=unit)

    assert {row[0]: row[1] for row in rows_of(take_out(both))[1:]} == {"MINE": "张博伟", "OTHER": "李**"}
    assert {row[0]: row[1] for row in rows_of(take_out(director))[1:]} == {"MINE": "张**", "OTHER": "李**"}


def test_the_scope_is_that_of_who_asked_when_it_is_made(director: User, unit: Unit) -> None:
    client(client_no="HERE", branch=unit)
    client(client_no="THERE")
    assert [row[0] for row in rows_of(take_out(director))[1:]] == ["HERE"]
    assert {row[0] for row in rows_of(take_out(person("compliance"), "sort=number"))[1:]} == {"HERE", "THERE"}


def test_picked_rows_never_leave_the_scope(director: User, unit: Unit) -> None:
    here, there = client(client_no="HERE", branch=unit), client(client_no="THERE")
    client(client_no="ALSO", branch=unit)
    export = take_out(director, picked=[here.pk, there.pk])
    assert [row[0] for row in rows_of(export)[1:]] == ["HERE"]
    assert export.rows == 1


def test_a_filter_that_does_not_fit_is_refused_instead_of_left_out(director: User, unit: Unit) -> None:
    client(branch=unit)
    for query in ("tier=iron", "sort=name", "q=x", "tag=5", "list=5&tier=gold", "view=5", "Tier=gold"):
        with translation.override("en"), pytest.raises(ExportRefused):
            request_export(
                by=director,
                list_name="clients",
                query=query,
                columns=USUAL,
                reason="meeting",
                key=query,
                language="en",
            )


def test_a_tag_that_is_put_away_before_the_file_is_made_ends_the_export_in_words(director: User, unit: Unit) -> None:
    tagged, tag = client(branch=unit), TagFactory(name="重点关注")
    client(branch=unit)
    ClientTagFactory(client=tagged, tag=tag)
    with translation.override("en"):
        export = request_export(
            by=director,
            list_name="clients",
            query=f"tag={tag.pk}",
            columns=USUAL,
            reason="meeting",
            key="tag",
            language="en",
        )
    assert (export.rows, export.job is None) == (1, False)

    Tag.objects.filter(pk=tag.pk).update(is_active=False)
    assert export.job is not None
    jobs.run(export.job.pk)

    export.refresh_from_db()
    assert export.state == "failed"
    assert export.job is not None
    assert "This list has no filter “tag” any more." in export.job.error


def test_a_filter_that_is_gone_is_said_where_one_asked(director: User, unit: Unit) -> None:
    client(branch=unit)
    form = {"list_name": "clients", "query": "tag=5", "columns": "number", "reason": "meeting", "key": "k"}

    answer = browser_of(director).post("/exports/ask/", form | {"next": "/clients/"}, follow=True)

    assert "This list has no filter “tag” any more." in answer.content.decode()
    assert not Export.objects.exists()


def test_a_phone_that_was_looked_for_is_masked_in_the_file(director: User, unit: Unit) -> None:
    client(phone="13812341234", branch=unit)
    export = take_out(director, "q=13812341234")
    about = load_workbook(files.path_of(export)).get_sheet_by_index(1).to_python()
    assert "Search: 138****1234" in next(str(row[1]) for row in about if row[0] == "Filter")
    assert "13812341234" not in str(about)


def test_the_query_of_the_page_is_what_the_file_takes(director: User) -> None:
    params = QueryDict("tier=gold&q=zbw&sort=-number&at=x&view=9&cols=number,tier")
    state = read_state(client_list(director, params, timezone.localdate()), params, "/clients/")
    assert state.query == "q=zbw&tier=gold&sort=-number"


def test_everything_in_the_file_is_of_one_moment(
    transactional_db: None, unit: Unit, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the count and the rows another connection changes, closes and adds clients."""
    for n in range(5):
        client(client_no=f"N{n}", name="张博伟", branch=unit)
    write = workbook.write_workbook

    def others_at_work() -> None:
        try:
            Standing.objects.filter(client_no="N0").update(average_assets=Decimal("99"))
            Client.objects.filter(client_no="N1").update(name="改名者")
            Client.objects.filter(client_no="N2").update(status="closed", closed_on=timezone.localdate())
            client(client_no="N9", branch=unit)
        finally:
            connection.close()

    def write_meanwhile(*args: Any) -> int:
        worker = threading.Thread(target=others_at_work)
        worker.start()
        worker.join(20)
        return write(*args)

    monkeypatch.setattr(making, "write_workbook", write_meanwhile)

    rows = rows_of(take_out(director, "sort=number", columns=["number", "name", "assets"]))[1:]

    assert rows == [[f"N{n}", "张**", "Active", 0.0] for n in range(5)]
    assert Standing.objects.get(client_no="N0").average_assets == 99
