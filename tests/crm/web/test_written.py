"""Parts of pages that are kept in memory: never another's values, never another language."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from crm.web import written as module
from crm.web.context import Nav
from crm.web.navigation import Group, Item
from crm.web.written import written

NAV = "partials/nav.html"
HERE, THERE = Item("Here", "/here/", "home", "g h", active=True), Item("There <b>", "/there/", "users", "")


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are really written."""
    found: list[str] = []

    def counted(template: str, values: dict[str, Any]) -> Any:
        found.append(template)
        return render_to_string(template, values)

    monkeypatch.setattr("crm.web.written.render_to_string", counted)
    module._kept.cache_clear()
    return found


def test_the_same_values_are_written_once(renders: list[str]) -> None:
    first = written(NAV, groups=(Group("", (HERE, THERE)),), firm_name="甲证券")
    again = written(NAV, groups=(Group("", (HERE, THERE)),), firm_name="甲证券")

    assert first == again
    assert renders == [NAV]
    assert "There &lt;b&gt;" in first


def test_other_values_and_other_languages_are_written_anew(renders: list[str]) -> None:
    with translation.override("en"):
        english = written(NAV, groups=(Group("", (HERE,)),), firm_name="甲证券")
        assert "乙证券" in written(NAV, groups=(Group("", (HERE,)),), firm_name="乙证券")
        assert "/there/" in written(NAV, groups=(Group("", (HERE, THERE)),), firm_name="甲证券")
    with translation.override("zh-hans"):
        chinese = written(NAV, groups=(Group("", (HERE,)),), firm_name="甲证券")

    assert "Main navigation" in english
    assert "Main navigation" not in chinese
    assert len(renders) == 4


def test_nothing_is_kept_while_templates_are_worked_on(renders: list[str], settings: Any) -> None:
    settings.DEBUG = True

    assert written(NAV, groups=(), firm_name="") == written(NAV, groups=(), firm_name="")
    assert renders == [NAV, NAV]


def test_the_parts_of_the_navigation() -> None:
    more = tuple(Item(f"p{n}", f"/p{n}/", "list", f"g {n}") for n in range(5))
    nav = Nav((Group("", (HERE, *more)), Group("Data", (THERE,))), "甲证券")

    assert nav.side.count("<a ") == len(more) + 4  # the pages, closing, and the way back behind it
    assert nav.side.count("aria-current") == 1
    assert [f"/p{n}/" in nav.tabbar for n in range(4)] == [True, True, True, False]
    assert "/there/" not in nav.tabbar
    assert "p4" in nav.keys
    assert "Here" not in nav.keys  # stands there in every language by itself
