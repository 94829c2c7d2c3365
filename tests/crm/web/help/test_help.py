"""Help where it is needed: what words mean, the first steps, and that they can be put away."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client as Browser
from django.utils import translation

from crm.organisation.models import User
from crm.web.help.steps import first_steps
from crm.web.terms import Term, by_section, meaning_of, register
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def browser(user: User) -> Browser:
    made = Browser()
    made.force_login(user)
    made.cookies["django_language"] = "en"
    return made


class TestWords:
    def test_a_badge_says_what_it_means(self) -> None:
        with translation.override("en"):
            drawn = Template('{% badge "group" "dormant" %}').render(Context())
        assert 'title="No securities, hardly any cash, and no trade for 36 months."' in drawn
        assert "title" not in Template('{% badge "job" "done" %}').render(Context())

    def test_every_group_tier_and_style_is_explained_in_both_languages(self) -> None:
        for kind, codes in (("group", 7), ("tier", 5), ("style", 2)):
            found = [term for terms in by_section().values() for term in terms if term.kind == kind]
            assert len(found) == codes
            for term in found:
                with translation.override("en"):
                    english = str(term.meaning)
                with translation.override("zh-hans"):
                    assert str(term.meaning) != english

    def test_headings_and_words_without_a_meaning_have_no_title(self) -> None:
        assert meaning_of("column", "assets")
        assert meaning_of("column", "nothing") == ""

    def test_a_word_is_explained_once(self) -> None:
        known = next(iter(by_section().values()))[0]
        with pytest.raises(ValueError, match="twice"):
            register(Term("x", known.kind, known.code, "x", "x"))


class TestPage:
    def test_words_steps_and_keys(self) -> None:
        page = browser(person("customer_manager")).get("/help/").content.decode()
        for words in ("Mean of cash and securities", "Primary group", "Open the list of your clients"):
            assert words in page
        assert "Maintain staff" not in page, "steps by what one may do"

    def test_stranger(self) -> None:
        assert Browser().get("/help/").status_code == 302


class TestFirstSteps:
    def test_by_permission_and_at_most_five(self) -> None:
        names = {
            role: [step.name for step in first_steps(person(role))] for role in ("customer_manager", "administrator")
        }
        assert names["customer_manager"] == ["clients:list", "clients:overnight", "help"]
        assert names["administrator"] == ["admin:index", "help"]
        assert len(first_steps(person("operations_centre"))) == 5

    def test_put_away_and_shown_again(self) -> None:
        me = browser(person("customer_manager"))
        assert "First steps" in me.get("/").content.decode()
        assert me.post("/help/steps/away/")["Location"] == "/"
        assert "First steps" not in me.get("/").content.decode()
        me.post("/help/steps/again/")
        assert "First steps" in me.get("/").content.decode()
