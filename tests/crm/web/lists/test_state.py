"""What the URL says about a list is checked; what is wrong is named and left out, never a failure."""

from __future__ import annotations

import pytest
from django.db import models
from django.http import QueryDict
from django.utils import translation

from crm.organisation.models import Unit
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Search, Sort
from crm.web.lists.keyset import Cursor, Order
from crm.web.lists.state import read_state, read_whole


class Colour(models.TextChoices):
    RED = "red", "Red"
    BLUE = "blue", "Blue"


SPEC = ListSpec(
    name="units",
    columns=(Column("code", "Code", sort="code"), Column("name", "Name", sort="name"), Column("city", "City")),
    sorts=(Sort("name", "Name", "name"), Sort("code", "Code", "code", descending=True, tie=())),
    filters=(
        ChoiceFilter.of("colour", "Colour", Colour, field="kind"),
        ChoiceFilter("size", "Size", (Option("s", "Small"), Option("l", "Large")), single=True),
    ),
    search=Search("Name", apply=lambda rows, words: rows.filter(name__contains=words)),
)


@pytest.fixture(autouse=True)
def in_english() -> object:
    with translation.override("en"):
        yield


def state(query: str = ""):  # type: ignore[no-untyped-def]
    return read_state(SPEC, QueryDict(query), "/units/")


def test_nothing_asked_for_is_the_default() -> None:
    got = state()

    assert (got.order, got.words, got.cursor, got.problems) == (Order(SPEC.sorts[0]), "", None, ())
    assert not got.is_narrowed
    assert got.url() == "/units/"


def test_everything_known_is_taken_and_stands_in_the_url_again() -> None:
    got = state("q=+Li+&colour=blue&colour=red&size=l&sort=-code")

    assert got.words == "Li"
    assert got.chosen == {"colour": ("red", "blue"), "size": ("l",)}
    assert got.order == Order(SPEC.sorts[1], turned=True)
    assert not got.order.descending
    assert got.url() == "/units/?q=Li&colour=red&colour=blue&size=l&sort=-code"
    assert got.url(without="colour") == "/units/?q=Li&size=l&sort=-code"
    assert got.url(without="q") == "/units/?colour=red&colour=blue&size=l&sort=-code"
    assert got.url(plain=True) == "/units/?sort=-code"
    assert got.url(order=Order(SPEC.sorts[0])) == "/units/?q=Li&colour=red&colour=blue&size=l"


@pytest.mark.parametrize("value", ["green", "RED", "red'; drop table", "\0", "😀" * 50, "红"])
def test_an_unknown_value_is_named_and_left_out(value: str) -> None:
    query = QueryDict(mutable=True)
    query.setlist("colour", ["red", value])

    got = read_state(SPEC, query, "/units/")

    assert got.chosen["colour"] == ("red",)
    assert len(got.problems) == 1
    assert "Colour" in got.problems[0]
    assert "\0" not in got.problems[0]
    assert len(got.problems[0]) < 120


def test_many_unknown_values_do_not_make_a_flood_of_messages() -> None:
    got = state("&".join(f"colour=c{n}" for n in range(500)))

    assert len(got.problems) == 3
    assert not got.is_narrowed


def test_empty_values_are_nothing_and_no_problem() -> None:
    got = state("q=&colour=&size=&sort=&at=")

    assert not got.problems
    assert not got.is_narrowed


def test_read_as_a_whole_what_the_list_does_not_offer_is_a_problem_too() -> None:
    query = QueryDict("colour=red&tag=5&view=9&q=x&sort=code&cols=code&\0=1&all=1")

    got = read_whole(SPEC, query)

    assert got.problems == (
        "This list has no filter “tag” any more.",
        "This list has no filter “view” any more.",
        "This list has no filter “” any more.",
    )
    assert got.chosen["colour"] == ("red",)
    assert not read_whole(SPEC, QueryDict("colour=red&size=l&q=x&sort=-code")).problems


def test_of_a_single_filter_the_first_value_counts() -> None:
    assert state("size=l&size=s").chosen["size"] == ("s",)


@pytest.mark.parametrize("code", ["nothing", "--code", "code desc", "-", "code\0"])
def test_an_unknown_sort_is_named_and_the_default_is_used(code: str) -> None:
    query = QueryDict(mutable=True)
    query["sort"] = code

    got = read_state(SPEC, query, "/units/")

    assert got.order == Order(SPEC.sorts[0])
    assert len(got.problems) == 1


def test_search_words_lose_nul_and_what_is_too_long() -> None:
    query = QueryDict(mutable=True)
    query["q"] = " a\0b" + "x" * 500

    got = read_state(SPEC, query, "/units/")

    assert got.words == "ab" + "x" * 98


def test_a_cursor_of_this_very_list_is_taken() -> None:
    first = state("colour=red&sort=code")
    url = first.url(cursor=Cursor(first.context, False, ("B7",)))

    got = state(url.partition("?")[2])

    assert got.cursor == Cursor(first.context, False, ("B7",))
    assert not got.problems


@pytest.mark.parametrize(
    "other", ["colour=red", "colour=blue&sort=code", "colour=red&sort=-code", "q=x&colour=red&sort=code", "sort=code"]
)
def test_a_cursor_of_another_sort_or_filter_leads_to_the_first_page_with_a_message(other: str) -> None:
    first = state("colour=red&sort=code")
    place = Cursor(first.context, False, ("B7",)).sign()

    got = state(f"{other}&at={place}")

    assert got.cursor is None
    assert len(got.problems) == 1


@pytest.mark.parametrize("place", ["x", "x:y", ":", "é", "W10:abc", "e30" * 400, "%00", "..:..:.."])
def test_an_invented_cursor_leads_to_the_first_page_with_a_message(place: str) -> None:
    query = QueryDict(mutable=True)
    query["at"] = place

    got = read_state(SPEC, query, "/units/")

    assert got.cursor is None
    assert len(got.problems) == 1


def test_a_signed_value_of_another_shape_is_refused() -> None:
    from_elsewhere = Cursor.read("not signed", "any")

    assert from_elsewhere is None


def test_a_default_holds_until_something_is_chosen() -> None:
    one = ChoiceFilter.of("kind", "Kind", Colour, default=("red",))

    assert one.condition(()) == models.Q(kind="red")
    assert one.condition(("red", "blue")) == models.Q(kind__in=["red", "blue"])
    assert one.condition(("blue",)) == models.Q(kind="blue")


def test_an_option_may_be_a_condition_or_another_value() -> None:
    one = ChoiceFilter(
        "branch",
        "Branch",
        (Option("B1", "One", stored=17), Option("none", "None", condition=models.Q(branch__isnull=True))),
        field="branch_id",
    )

    assert one.condition(("B1",)) == models.Q(branch_id=17)
    assert one.condition(("none",)) == models.Q(branch__isnull=True)
    assert one.condition(("B1", "none")) == models.Q(branch_id=17) | models.Q(branch__isnull=True)


def test_the_model_used_here_has_the_columns() -> None:
    assert {"code", "name", "kind"} <= {field.name for field in Unit._meta.get_fields()}
