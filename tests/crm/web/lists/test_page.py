"""Pages by keyset against plain Python: whatever the data, the sort and the filter, nobody is lost or seen twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, Unit
from crm.web.lists import ChoiceFilter, Column, Count, ListPage, ListSpec, Option, Search, Sort, capped_count, list_page
from crm.web.lists.keyset import Cursor, Order, fetch
from tests.factories.people import AppointmentFactory
from tests.factories.units import UnitFactory

SPEC = ListSpec(
    name="units",
    columns=(Column("code", "Code", sort="code"), Column("name", "Name", sort="name"), Column("city", "City")),
    sorts=(
        Sort("name", "Name", "name"),
        Sort("code", "Code", "code", descending=True, tie=()),
        Sort("city", "City", "city", descending=True, tie=("name", "pk")),
    ),
    filters=(ChoiceFilter.of("kind", "Kind", UnitKind), ChoiceFilter.of("other", "Other", UnitKind, field="kind")),
    search=Search("Name", apply=lambda rows, words: rows.filter(name__contains=words)),
    page_size=3,
    count_to=5,
)


class Elsewhere(ChoiceFilter):
    """A filter that asks another table."""

    by_column = False


def page_of(url: str, spec: ListSpec = SPEC) -> ListPage[Unit]:
    return list_page(spec, Unit.objects.all(), QueryDict(urlsplit(url).query), "/units/")


def walk(url: str, spec: ListSpec = SPEC) -> list[ListPage[Unit]]:
    """All pages from `url` forward."""
    pages = [page_of(url, spec)]
    while pages[-1].next_url:
        pages.append(page_of(pages[-1].next_url, spec))
    return pages


def ids(page: ListPage[Unit]) -> list[int]:
    return [row.pk for row in page.rows]


def in_python(units: list[Unit], sort: str, kinds: list[str]) -> list[int]:
    """The same list the slow way. The database sorts text by code point, as Python does."""
    keys: dict[str, Any] = {
        "name": lambda unit: (unit.name, unit.pk),
        "code": lambda unit: unit.code,
        "city": lambda unit: (unit.city, unit.name, unit.pk),
    }
    rows = [unit for unit in units if not kinds or unit.kind in kinds]
    downwards = (sort.removeprefix("-") != "name") is not sort.startswith("-")
    return [unit.pk for unit in sorted(rows, key=keys[sort.removeprefix("-")], reverse=downwards)]


WORDS = st.text(alphabet="ab 张李é😀'", min_size=1, max_size=2)
ROWS = st.lists(st.tuples(WORDS, st.sampled_from(["", "上海", "北京"]), st.sampled_from(UnitKind.values)), max_size=14)


class KeysetAgainstPython(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        rows=ROWS,
        sort=st.sampled_from(["name", "-name", "code", "-code", "city", "-city"]),
        kinds=st.lists(st.sampled_from(UnitKind.values), unique=True, max_size=3),
        keys_only=st.booleans(),
        few=st.sampled_from([(0, None), (4, None), (100, None), (4, 0), (4, 100)]),
    )
    def test_forward_and_back(
        self, rows: list[Any], sort: str, kinds: list[str], keys_only: bool, few: tuple[int, int | None]
    ) -> None:
        units: list[Unit] = [
            UnitFactory(name=name, city=city, kind=kind, code=f"{7 * n % 15:03d}")
            for n, (name, city, kind) in enumerate(rows)
        ]
        sorts = [replace(one, few=few[1]) for one in SPEC.sorts]
        spec = ListSpec(**{**vars(SPEC), "keys_only": keys_only, "few": few[0], "sorts": sorts})
        wanted = in_python(units, sort, kinds)
        query = "&".join([f"sort={sort}", *(f"kind={kind}" for kind in kinds)])

        pages = walk(f"/units/?{query}", spec)

        assert [pk for page in pages for pk in ids(page)] == wanted
        assert all(len(page.rows) == 3 for page in pages[:-1])
        assert not pages[0].previous_url
        assert {str(page.count) for page in pages} == {str(len(wanted)) if len(wanted) <= 5 else "5+"}
        for before, page in pairwise(pages):
            back = page_of(page.previous_url, spec)
            assert ids(back) == ids(before)
        assert not any(page.problems for page in pages)


@pytest.fixture
def seven(db: None) -> list[Unit]:
    return [UnitFactory(name=f"n{n}", code=f"c{n}", city=str(n % 2)) for n in range(7)]


def test_a_page_costs_two_queries_first_or_deep(
    seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    second = page_of("/units/").next_url
    for url in ("/units/", second, f"{second}&x=1"):
        with django_assert_num_queries(2):
            page = page_of(url)
            assert len(page.rows) == 3


def test_a_list_of_one_page_is_counted_without_a_query(
    seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert page_of("/units/?q=n3").count == Count(1)


def test_back_past_the_start_is_the_first_page_in_full(seven: list[Unit]) -> None:
    first = page_of("/units/")
    second = page_of(first.next_url)
    Unit.objects.filter(pk=first.rows[0].pk).delete()

    back = page_of(second.previous_url)

    assert [unit.name for unit in back.rows] == ["n1", "n2", "n3"]
    assert not back.previous_url
    assert back.next_url


def test_rows_that_come_and_go_shift_nobody(seven: list[Unit]) -> None:
    first = page_of("/units/")
    UnitFactory(name="n0a", code="new")
    Unit.objects.filter(pk=first.rows[2].pk).delete()

    second = page_of(first.next_url)

    assert [unit.name for unit in second.rows] == ["n3", "n4", "n5"]


def test_a_place_that_is_gone_leads_to_the_first_page_with_a_message(seven: list[Unit]) -> None:
    third = page_of(page_of("/units/").next_url).next_url
    Unit.objects.filter(name__gte="n5").delete()

    page = page_of(third)

    assert [unit.name for unit in page.rows] == ["n0", "n1", "n2"]
    assert len(page.problems) == 1


def test_a_key_that_does_not_fit_the_columns_leads_to_the_first_page(seven: list[Unit]) -> None:
    state = page_of("/units/").state
    for key in (("n1",), ("n1", "no number"), ("n1", "2", "3"), ()):
        page = page_of(state.url(cursor=Cursor(state.context, False, key)))

        assert [unit.name for unit in page.rows] == ["n0", "n1", "n2"]
        assert len(page.problems) == 1


def test_a_search_that_is_refused_is_left_out_with_its_sentence(seven: list[Unit]) -> None:
    def refuse(rows: Any, words: str) -> Any:
        raise ValueError("Two characters, please.")

    spec = ListSpec(**{**vars(SPEC), "search": Search("Name", apply=refuse)})

    page = page_of("/units/?q=x", spec)

    assert len(page.rows) == 3
    assert page.problems == ("Two characters, please.",)


def test_few_matches_are_read_and_sorted_many_walked_along_an_index(
    seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    spec = ListSpec(**{**vars(SPEC), "few": 2})
    UnitFactory(kind="region")

    with django_assert_num_queries(2) as many:
        page_of("/units/?kind=branch", spec)
    with django_assert_num_queries(2) as few:
        page_of("/units/?kind=region", spec)
    with django_assert_num_queries(1):
        assert not page_of("/units/?kind=department", spec).rows
    with django_assert_num_queries(2) as searched:
        page_of("/units/?q=n3", spec)
    with django_assert_num_queries(2) as searched_widely:
        page_of("/units/?q=n", spec)

    assert "GREATEST" not in many.captured_queries[1]["sql"]
    assert "GREATEST" in few.captured_queries[1]["sql"]
    assert "GREATEST" in searched.captured_queries[1]["sql"]
    assert "GREATEST" not in searched_widely.captured_queries[1]["sql"]


def test_an_order_with_indexes_behind_the_columns_walks_along_them_sooner(
    seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    name, code, city = SPEC.sorts
    elsewhere = Elsewhere("city", "City", [Option("1", "One")])
    spec = replace(SPEC, few=4, sorts=(replace(name, few=2), code, city), filters=(*SPEC.filters, elsewhere))
    for _n in range(3):
        UnitFactory(kind="region", name="north", city="1")

    def is_sorted(query: str) -> bool:
        with django_assert_num_queries(2) as captured:
            assert page_of(f"/units/?{query}", spec).rows
        return "GREATEST" in captured.captured_queries[1]["sql"]

    assert not is_sorted("kind=region")  # three of them: more than the order's own number
    assert is_sorted("kind=region&sort=code")
    assert is_sorted("kind=region&city=1")
    assert is_sorted("kind=region&q=n")
    assert not is_sorted("kind=branch&q=n")


@pytest.mark.django_db
def test_an_empty_list_is_a_page_too() -> None:
    page = page_of("/units/?kind=branch&sort=code")

    assert (list(page.rows), page.count, page.next_url, page.previous_url) == ([], Count(0), "", "")


def test_counts_stop_at_their_limit(seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1) as captured:
        assert str(capped_count(Unit.objects.filter(name__startswith="n").order_by("name"), cap=5)) == "5+"
    assert "LIMIT 6" in captured.captured_queries[0]["sql"]
    assert "ORDER BY" not in captured.captured_queries[0]["sql"]
    assert str(Count(10_000, capped=True)) == "10,000+"
    assert capped_count(Unit.objects.filter(name__startswith="n"), cap=7) == Count(7)


def test_headings_sort_and_turn(seven: list[Unit]) -> None:
    code, name, city = page_of("/units/?kind=branch&sort=-code").headings

    assert (code.active, code.aria, code.url) == ("up", "ascending", "/units/?kind=branch&sort=code")
    assert (name.active, name.aria, name.url) == ("", "", "/units/?kind=branch")
    assert city.url == ""


def test_chips_say_what_is_chosen(seven: list[Unit]) -> None:
    with translation.override("zh-hans"):
        page = page_of("/units/?kind=branch&kind=region&q=n")
        kind, other = page.chips

    assert kind["chosen"].count("、") == 1
    assert kind["clear_url"] == "/units/?q=n"
    assert [option.value for option in kind["options"] if option.selected] == ["region", "branch"]
    assert [kind["lines"].count(f'value="{one}" checked') for one in ("region", "branch", "department")] == [1, 1, 0]
    assert other["chosen"] == ""
    assert page.clear_url == "/units/"
    assert page.search == {"name": "q", "value": "n", "label": "Name"}
    assert page_of("/units/?sort=code").hidden == [("sort", "code")]


def test_a_sort_by_a_column_that_may_be_empty_is_a_mistake_of_the_declaration(db: None) -> None:
    AppointmentFactory()
    with pytest.raises(ImproperlyConfigured):
        fetch(Appointment.objects.all(), Order(Sort("end", "End", "ends_on")), None, 3)


def test_a_deep_page_is_a_range_of_the_row_comparison(
    seven: list[Unit], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    second = page_of("/units/").next_url
    with django_assert_num_queries(2) as captured:
        page_of(second)

    assert '("crm_unit"."name", "crm_unit"."id") > (' in captured.captured_queries[0]["sql"]
    assert "OFFSET" not in captured.captured_queries[0]["sql"]
