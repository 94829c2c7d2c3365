"""Reads a page as its reader does: the cells of its tables, the figures of its charts, the clients of its lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from crm.web.badges import badge_of

Table = list[list[str]]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join(" ".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def text(response: Any) -> str:
    """A page that was answered."""
    assert response.status_code == 200, response.status_code
    page: str = response.content.decode()
    return page


def tables(response: Any) -> list[Table]:
    """All tables of a page."""
    parser = _Tables()
    parser.feed(text(response))
    return parser.tables


def table(response: Any, corner: str) -> Table:
    """The rows of the table whose first heading is `corner`, that heading's row left out."""
    found = [rows for rows in tables(response) if rows and rows[0][0] == corner]
    if not found:
        pytest.fail(f"no table {corner!r}: {[rows[0] for rows in tables(response)]}")
    return found[0][1:]


def headings(response: Any) -> list[str]:
    """The headings of all tables."""
    return [heading for rows in tables(response) for heading in rows[0]]


def is_chinese(words: str) -> bool:
    """Whether no English word stands in them."""
    return not re.search("[A-Za-z]{2}", words)


def chart(response: Any, name: str) -> dict[str, Any]:
    """What the chart `name` draws."""
    found = re.search(rf'<script id="{name}-data" type="application/json">(.*?)</script>', text(response), re.DOTALL)
    assert found is not None
    drawn: dict[str, Any] = json.loads(found[1])
    return drawn


def words(kind: str, codes: Iterable[str]) -> list[str]:
    """What the badges of these codes say."""
    return [str(badge_of(kind, code).label) for code in codes]


def numbers(response: Any) -> list[str]:
    """The client numbers of a list's page, by the addresses behind its rows."""
    return [row.url.rstrip("/").rpartition("/")[2] for row in response.context["rows"]]


def everyone(browser: Browser, url: str) -> list[str]:
    """The client numbers of a list, page after page; what the list counts is what it holds."""
    response = browser.get(url)
    assert not response.context["page"].problems, response.context["page"].problems
    count, found = response.context["page"].count.number, numbers(response)
    while response.context["page"].next_url:
        response = browser.get(response.context["page"].next_url)
        found += numbers(response)
    assert count == len(found)
    return found


def queries(browser: Browser, url: str) -> int:
    """How many statements a page takes, once what is asked once (sessions, the firm's name) has been."""
    browser.get(url)
    with CaptureQueriesContext(connection) as caught:
        text(browser.get(url))
    return len(caught)


def grows(browser: Browser, url: str, more: Callable[[], Any]) -> tuple[int, int]:
    """The statements of a page before and after `more`."""
    before = queries(browser, url)
    more()
    return before, queries(browser, url)
