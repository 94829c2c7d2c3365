"""The search of the product: groups by permission, what is put down, one thing found, bad words, no script."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import reverse

from crm.organisation.models import User
from crm.web.finders import find_pages
from crm.web.search import Finder, Found, Hit, register, registry
from tests.clients.desk.helpers import browser_of, get
from tests.factories.people import person

pytestmark = pytest.mark.django_db
URL = "/search/"
UNDER_THE_BOX = {"HX-Request": "true"}


def titles(response: Any) -> list[str]:
    assert response.status_code == 200
    return [str(hit.title) for hit in response.context["results"].hits]


class Library:
    """A finder of books that notes what it was asked and what was shown."""

    def __init__(self, *books: str) -> None:
        self.books = books
        self.noted: list[tuple[str, int]] = []

    def find(self, user: User, words: str, limit: int) -> Found:
        if words == "?":
            return Found(problem="Say more.")
        found = [Hit(book, f"/books/{book}/", exact=book == words) for book in self.books if words in book]
        return Found(found[:limit], more=len(found) > limit, all_url="/books/", all_label="All books")

    def recent(self, user: User, limit: int) -> Found:
        return Found([Hit("read lately", "/books/lately/")][:limit])

    def note(self, request: HttpRequest, words: str, found: Found) -> None:
        self.noted.append((words, len(found.hits)))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No finder but those that a test registers."""
    monkeypatch.setattr(registry, "_finders", {})


@pytest.fixture
def library(alone: None) -> Library:
    one = Library("physics", "metaphysics", "poems", *(f"novel {n}" for n in range(40)))
    register(Finder("books", "Books", one.find, permission="crm.view_jobs", recent=one.recent, note=one.note))
    return one


@pytest.fixture
def reader() -> User:
    return person("operations_centre")


class TestGroups:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert get(None, URL)["Location"] == "/account/login/?next=%2Fsearch%2F"

    def test_a_group_asks_for_its_permission(self, library: Library, reader: User) -> None:
        assert titles(get(reader, f"{URL}?q=ph")) == ["physics", "metaphysics"]
        assert titles(get(person("customer_manager"), f"{URL}?q=ph")) == []
        assert library.noted == [("ph", 2)]

    def test_in_order(self, alone: None, reader: User) -> None:
        for name, place in (("b", 20), ("c", 10), ("a", 20)):
            register(Finder(name, name, lambda user, words, limit: Found([Hit("x", "/"), Hit("y", "/")]), place=place))
        groups = get(reader, f"{URL}?q=xy").context["results"].groups
        assert [group.finder.name for group in groups] == ["c", "a", "b"]

    def test_a_name_is_taken_once(self, library: Library) -> None:
        with pytest.raises(ValueError, match="books"):
            register(Finder("books", "Books", library.find))


class TestUnderTheBox:
    def ask(self, user: User, words: str) -> Any:
        return get(user, f"{URL}?q={words}", **UNDER_THE_BOX)

    def test_a_few_hits_as_options(self, library: Library, reader: User) -> None:
        response = self.ask(reader, "novel")
        page = response.content.decode()
        assert len(titles(response)) == 6
        assert page.count('role="option"') == 7  # and the way to all
        assert "<html" not in page
        assert "All books" in page
        assert "no-store" in response["Cache-Control"]
        assert "HX-Request" in response["Vary"]

    def test_one_hit_is_not_opened_while_one_types(self, library: Library, reader: User) -> None:
        assert titles(self.ask(reader, "poems")) == ["poems"]

    def test_nothing_found_is_said(self, library: Library, reader: User) -> None:
        page = self.ask(reader, "nowhere").content.decode()
        assert "Nothing found" in page
        assert 'role="listbox"' not in page
        assert library.noted == [("nowhere", 0)]

    def test_a_refusal_is_said_and_is_no_search(self, library: Library, reader: User) -> None:
        assert "Say more." in self.ask(reader, "%3F").content.decode()
        assert library.noted == []

    @pytest.mark.parametrize("words", ["", "%20", "%E3%80%80", "%00"])
    def test_the_empty_box_shows_what_was_opened_lately(self, library: Library, reader: User, words: str) -> None:
        response = self.ask(reader, words)
        assert titles(response) == ["read lately"]
        assert "opened lately" in response.content.decode()
        assert library.noted == [("", 1)]

    def test_the_empty_box_may_be_empty(self, alone: None, reader: User) -> None:
        assert self.ask(reader, "").content.strip() == b""


class TestPage:
    def test_more_hits_than_under_the_box(self, library: Library, reader: User) -> None:
        response = get(reader, f"{URL}?q=novel")
        assert len(titles(response)) == 30
        assert "All books" in response.content.decode()

    def test_one_hit_is_opened(self, library: Library, reader: User) -> None:
        response = get(reader, f"{URL}?q=poems")
        assert (response.status_code, response["Location"]) == (302, "/books/poems/")
        assert library.noted == [("poems", 1)]

    def test_what_was_typed_whole_is_opened(self, library: Library, reader: User) -> None:
        assert get(reader, f"{URL}?q=physics")["Location"] == "/books/physics/"

    def test_lately_is_never_opened_by_itself(self, library: Library, reader: User) -> None:
        assert titles(get(reader, URL)) == ["read lately"]

    @pytest.mark.parametrize(
        "words", ["%25", "'; --", '"', "<script>alert(1)</script>", "😀", "１２", "a\0b", "x" * 1_000, "{{ 7 }}", "\\"]
    )
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_any_words(self, reader: User, words: str, language: str) -> None:
        for headers in ({}, UNDER_THE_BOX):
            response = get(reader, reverse("search", query={"q": words}), language, **headers)
            assert response.status_code == 200
            assert "<script>alert" not in response.content.decode()

    def test_only_to_be_read(self, reader: User) -> None:
        assert browser_of(reader).post(URL).status_code == 405


class TestPages:
    def names(self, user: User, words: str) -> list[str]:
        return [hit.url for hit in find_pages(user, words, 10).hits]

    def test_by_name_in_either_language_and_by_initials(self, reader: User) -> None:
        assert self.names(reader, "Imports") == ["/imports/"]
        assert get(reader, f"{URL}?q=import", "zh-hans")["Location"] == "/imports/"
        under = get(reader, f"{URL}?q=导", "zh-hans", **UNDER_THE_BOX).context["results"]
        assert "/imports/" in [hit.url for hit in under.hits]

    def test_by_permission(self) -> None:
        assert self.names(person("customer_manager"), "imports") == []
        assert self.names(person("administrator"), "reference") == ["/admin/"]

    def test_one_letter_is_too_little(self, reader: User) -> None:
        assert self.names(reader, "i") == []
