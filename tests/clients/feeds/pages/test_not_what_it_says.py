"""Uploads that are not what their names say, and what their cells would like to be."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.test import Client as Browser

from clients.feeds.models import FeedBatch
from clients.profile.models import Client
from crm.jobs import services as jobs
from crm.jobs.models import Job
from tests.clients.feeds.pages.helpers import ASSETS, browser_of, fields
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

ROW = "C1,2025-11-19,100.00,200.00\n"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def browser() -> Browser:
    client(client_no="C1", branch=branch(code="B1"))
    return browser_of(person("operations_centre"))


def packed(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/") + ".xml", text)
    return stream.getvalue()


def workbook(*rows: tuple[str, ...]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


SHEET = workbook(("client_no", "date", "cash", "securities"), ("C1", "2025-11-19", "1", "2"))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (SHEET, "assets.csv", "The name ends in .csv, but the content is .xlsx."),
        (SHEET, "assets.csv.gz", "The name ends in .csv.gz, but the content is .xlsx."),
        (gzip.compress(SHEET, mtime=0), "assets.xlsx", "The name ends in .xlsx, but the content is .csv.gz."),
        (ASSETS + ROW, "assets.csv.gz", "The name ends in .csv.gz, but the content is .csv."),
        (ASSETS + ROW, "assets.xlsx", "The name ends in .xlsx, but the content is .csv."),
        (b"%PDF-1.7 ...", "assets.xlsx", "The name ends in .xlsx, but the content is .csv."),
    ],
)
def test_by_its_first_bytes_it_is_not_kept(browser: Browser, content: str | bytes, name: str, words: str) -> None:
    response = browser.post("/imports/new/", fields(content, name))
    assert words in response.context["form"].errors["file"][0]
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (packed(word__document="<document/>"), "assets.xlsx", "This is no Excel workbook that can be read."),
        (SHEET[: len(SHEET) // 2], "assets.xlsx", "This is no Excel workbook that can be read."),
        (gzip.compress(SHEET, mtime=0), "assets.csv.gz", "is not UTF-8"),
        (gzip.compress(ASSETS.encode(), mtime=0)[:-5], "assets.csv.gz", "The compressed file is damaged or cut off."),
        (b"\x1f\x8b and then words", "assets.csv.gz", "The compressed file is damaged or cut off."),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "assets.csv", "is not UTF-8"),
        ("<html><body>not found</body></html>", "assets.csv", "Required columns are missing"),
        ("\0" * 100, "assets.csv", "The header row is missing"),
    ],
)
def test_found_out_by_reading_it_cannot_be_confirmed(
    browser: Browser, content: str | bytes, name: str, words: str
) -> None:
    browser.post("/imports/new/", fields(content, name))
    made = FeedBatch.objects.get()
    page = browser.get(f"/imports/{made.pk}/preview/").content.decode()
    assert words in page
    assert f"/imports/{made.pk}/confirm/" not in page
    browser.post(f"/imports/{made.pk}/confirm/")
    job = Job.objects.get()
    jobs.run(job.pk)
    made.refresh_from_db()
    job.refresh_from_db()
    assert made.state == job.state == "failed", "pressed all the same, it is refused by the worker"
    assert words in made.message


def test_formulas_emoji_and_tags_in_names_are_text_wherever_they_come_out(browser: Browser) -> None:
    names = {"N1": FORMULA, "N2": "😀<script>alert(1)</script>", "N3": "@SUM(1)", "N4": "x" * 200, "N5": "y" * 201}
    rows = [(number, name, "B1", "2020-01-01") for number, name in names.items()]
    book = workbook(("client_no", "name", "branch_code", "opened_on"), *rows)
    browser.post("/imports/new/", fields(book, "clients.xlsx", feed="clients"))
    made = FeedBatch.objects.get()
    page = browser.get(f"/imports/{made.pk}/preview/").content.decode()
    assert "Take 4 rows, leave 1 out" in page
    browser.post(f"/imports/{made.pk}/confirm/")
    jobs.run(Job.objects.get().pk)
    stored = dict(Client.objects.filter(client_no__startswith="N").values_list("client_no", "name"))
    assert stored == {number: name for number, name in names.items() if number != "N5"}
    errors: Any = browser.get(f"/imports/{made.pk}/errors/")
    lines = list(csv.reader(io.StringIO(b"".join(errors.streaming_content).decode("utf-8-sig"))))
    assert lines[1][:2] == ["6", "name"]
    listed = browser.get("/clients/?q=N2").content.decode()
    assert "<script>alert(1)" not in listed
