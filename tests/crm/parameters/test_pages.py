"""The pages of the parameters: all of them, one of them, who may see and who may change."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm.organisation.models import User
from crm.parameters.models import Parameter
from crm.parameters.services import set_parameter
from crm.web.navigation import navigation
from tests.clients.desk.helpers import browser_of
from tests.factories.people import person

pytestmark = pytest.mark.django_db
URL = "/parameters/"
ONE = "/parameters/callbacks.tries/"


@pytest.fixture
def hq() -> User:
    return person("sales_trading_hq")


def test_all_with_default_source_and_who(hq: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    set_parameter(key="callbacks.tries", value=4, by=hq, version=0)
    browser = browser_of(hq)
    browser.get(URL)
    with django_assert_max_num_queries(6):
        page = browser.get(URL).content.decode()
    assert "<b>4 tries</b>" in page
    assert hq.name in page
    assert "20 years" in page
    assert page.count("to be confirmed by compliance") == 1
    assert "/parameters/" in str([group.items for group in navigation(hq, "/")])


def test_set_on_its_page(hq: User) -> None:
    browser = browser_of(hq)
    assert browser.post(ONE, {"value": "4", "why": "更多机会", "version": 0})["Location"] == URL
    page = browser.get(ONE).content.decode()
    assert "4 tries" in page
    assert "更多机会" in page
    assert "Back to the default" in page
    assert browser.post(ONE, {"value": "4", "why": "恢复", "version": 1, "reset": "1"}).status_code == 302
    assert Parameter.objects.get().value is None
    assert ">the default<" in browser.get(ONE).content.decode()


@pytest.mark.parametrize("wrong", [{"value": "0"}, {"value": ""}, {"why": ""}, {"version": "x"}])
def test_refused_with_what_was_typed(hq: User, wrong: dict[str, str]) -> None:
    answer = browser_of(hq).post(ONE, {"value": "4", "why": "保留我", "version": "0"} | wrong)
    assert answer.status_code == 422
    assert "why" in wrong or "保留我" in answer.content.decode()
    assert not Parameter.objects.exists()


def test_a_conflict_shows_what_holds_and_keeps_what_was_typed(hq: User) -> None:
    set_parameter(key="callbacks.tries", value=5, by=person("compliance"), version=0)
    answer = browser_of(hq).post(ONE, {"value": "4", "why": "甲", "version": 0})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<b>5 tries</b>" in page
    assert 'value="4"' in page
    again = {name: answer.context["form"][name].value() for name in ("value", "why", "version")}
    assert browser_of(hq).post(ONE, again).status_code == 302
    assert Parameter.objects.get().value == 4


def test_who_may_look_and_who_may_change(hq: User) -> None:
    auditor = browser_of(person("auditor"))
    assert auditor.get(URL).status_code == 200
    assert "<textarea" not in auditor.get(ONE).content.decode()
    assert auditor.post(ONE, {"value": "4", "why": "甲", "version": 0}).status_code == 403
    for path in (URL, ONE):
        assert browser_of(person("counter_clerk")).get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert browser_of(hq).get("/parameters/callbacks.nothing/").status_code == 404
