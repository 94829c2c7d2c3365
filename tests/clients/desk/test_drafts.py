"""What was typed on a client's page and not saved: there again when the form is opened, gone once it is saved."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.contacts.models import FollowUp, ServiceRecord
from clients.profile.models import Client, ClientNote, ClientWishes
from crm.drafts.models import Draft
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import WishesFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

NO = "10800001"
FORMS = {
    "contact": f"/clients/{NO}/contacts/new/",
    "promise": f"/clients/{NO}/promises/new/",
    "note": f"/clients/{NO}/notes/new/",
    "wishes": f"/clients/{NO}/wishes/",
}
TEXT = "想了解国债逆回购"
FIELD = {"contact": "summary", "promise": "what", "note": "text", "wishes": "needs"}
AGAIN = "Here again is what you had typed and not saved"
MOST_QUERIES = 25


@pytest.fixture
def here() -> Unit:
    return branch()


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here)


@pytest.fixture(autouse=True)
def one(here: Unit) -> Client:
    return client(client_no=NO, branch=here)


def keep(by: User, kind: str, *fields: tuple[str, str], seen: str = "") -> Any:
    sent = {"window": str(uuid.UUID(int=1)), "seen": seen, "fields": fields or [(FIELD[kind], TEXT)]}
    return browser_of(by).post(f"/drafts/{kind}/{NO}/", json.dumps(sent), content_type="application/json")


@pytest.mark.parametrize("kind", FORMS)
class TestEveryForm:
    def test_it_stands_in_the_form_again_and_says_so(self, clerk: User, kind: str) -> None:
        assert AGAIN not in get(clerk, FORMS[kind]).content.decode()
        assert keep(clerk, kind).status_code == 200
        response = get(clerk, FORMS[kind])
        page = response.content.decode()
        assert response.context["form"][FIELD[kind]].value() == TEXT
        assert TEXT in page
        assert AGAIN in page
        assert f'data-draft="/drafts/{kind}/{NO}/"' in page
        assert f'action="/drafts/{kind}/{NO}/discard/"' in page

    def test_a_colleague_and_another_form_do_not_have_it(self, clerk: User, here: Unit, kind: str) -> None:
        keep(clerk, kind)
        assert TEXT not in get(person("counter_clerk", here), FORMS[kind]).content.decode()
        for other in FORMS.keys() - {kind}:
            assert TEXT not in get(clerk, FORMS[other]).content.decode()

    def test_out_of_scope_it_is_not_found(self, clerk: User, one: Client, kind: str) -> None:
        keep(clerk, kind)
        one.branch = branch()
        one.save()
        assert get(clerk, FORMS[kind]).status_code == 404
        assert keep(clerk, kind).status_code == 404
        assert browser_of(clerk).post(f"/drafts/{kind}/{NO}/discard/").status_code == 404
        stranger = person("counter_clerk", branch())
        assert keep(stranger, kind).status_code == 404
        assert Draft.objects.filter(user=clerk).count() == Draft.objects.count() == 1

    def test_who_may_not_fill_it_in(self, kind: str) -> None:
        assert keep(person("auditor"), kind).status_code == 403

    def test_discarded_the_form_is_as_it_was(self, clerk: User, kind: str) -> None:
        keep(clerk, kind)
        browser_of(clerk).post(f"/drafts/{kind}/{NO}/discard/")
        page = get(clerk, FORMS[kind]).content.decode()
        assert TEXT not in page
        assert AGAIN not in page

    def test_a_refused_form_shows_what_was_sent_not_the_draft(self, clerk: User, kind: str) -> None:
        keep(clerk, kind)
        response = browser_of(clerk).post(FORMS[kind], {FIELD[kind]: "\0"})
        page = response.content.decode()
        assert response.status_code == 422
        assert TEXT not in page
        assert AGAIN not in page
        assert f'data-draft-seen="{uuid.UUID(int=1)}"' in page
        assert Draft.objects.count() == 1

    def test_few_queries(self, clerk: User, kind: str) -> None:
        keep(clerk, kind)
        browser = browser_of(clerk)
        browser.get(FORMS[kind])
        with CaptureQueriesContext(connection) as caught:
            browser.get(FORMS[kind])
        assert len(caught) <= MOST_QUERIES

    def test_chinese(self, clerk: User, kind: str) -> None:
        keep(clerk, kind)
        page = get(clerk, FORMS[kind], "zh-hans").content.decode()
        assert "以下是您" in page
        assert AGAIN not in page


class TestSaved:
    """Once saved, no draft is left."""

    def test_a_contact(self, clerk: User) -> None:
        keep(clerk, "contact")
        form = get(clerk, FORMS["contact"]).context["form"]
        typed = {name: form[name].value() or "" for name in form.fields} | {"topic": "交易咨询"}
        typed["occurred_at"] = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
        assert browser_of(clerk).post(FORMS["contact"], typed).status_code == 302
        assert ServiceRecord.objects.get().summary == TEXT
        assert not Draft.objects.exists()

    def test_a_contact_in_two_windows_of_one_draft_is_two_contacts(self, clerk: User) -> None:
        """The window that began it and the one that shows its draft have one key: what the second says is not lost."""
        first = get(clerk, FORMS["contact"]).context["form"]
        keep(clerk, "contact", ("key", str(first["key"].value())), ("summary", TEXT))
        second = get(clerk, FORMS["contact"]).context["form"]
        typed = {name: second[name].value() or "" for name in second.fields} | {"topic": "交易咨询"}
        typed["occurred_at"] = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
        assert browser_of(clerk).post(FORMS["contact"], typed).status_code == 302

        other = typed | {"key": str(first["key"].value()), "summary": "另一件事"}
        refused = browser_of(clerk).post(FORMS["contact"], other)
        assert refused.status_code == 422
        assert "Save again" in refused.content.decode()
        form = refused.context["form"]
        again = {name: form[name].value() or "" for name in form.fields}
        assert (again["summary"], again["topic"]) == ("另一件事", "交易咨询")
        assert browser_of(clerk).post(FORMS["contact"], again).status_code == 302
        assert set(ServiceRecord.objects.values_list("summary", flat=True)) == {TEXT, "另一件事"}

    def test_a_promise(self, clerk: User) -> None:
        keep(clerk, "promise")
        typed = {"what": TEXT, "due_at": "2099-01-01T10:00", "owner": str(clerk.pk)}
        assert browser_of(clerk).post(FORMS["promise"], typed).status_code == 302
        assert FollowUp.objects.get().what == TEXT
        assert not Draft.objects.exists()

    def test_a_note_and_the_draft_of_another_form_stays(self, clerk: User) -> None:
        keep(clerk, "note")
        keep(clerk, "wishes")
        assert browser_of(clerk).post(FORMS["note"], {"text": TEXT}).status_code == 302
        assert ClientNote.objects.get().text == TEXT
        assert [draft.kind for draft in Draft.objects.all()] == ["wishes"]

    def test_wishes(self, clerk: User) -> None:
        keep(clerk, "wishes")
        assert browser_of(clerk).post(FORMS["wishes"], {"version": "0", "needs": TEXT}).status_code == 302
        assert ClientWishes.objects.get().needs == TEXT
        assert not Draft.objects.exists()


class TestWishes:
    """The version that was opened is part of the draft: who changed the wishes meanwhile is not written over."""

    TYPED = (("version", "1"), ("preferred_name", ""), ("needs", TEXT), ("interests", "shares"), ("interests", "funds"))

    def test_cleared_and_chosen_fields_come_back(self, clerk: User, one: Client) -> None:
        WishesFactory(client=one, version=1, preferred_name="陈先生", opt_outs=["sms"])
        keep(clerk, "wishes", *self.TYPED)
        form = get(clerk, FORMS["wishes"]).context["form"]
        values = {name: form[name].value() for name in ("preferred_name", "interests", "opt_outs", "needs")}
        assert values == {"preferred_name": "", "interests": ["shares", "funds"], "opt_outs": [], "needs": TEXT}

    def test_a_conflict_shows_both_and_not_the_draft_alone(self, clerk: User, one: Client) -> None:
        stored = WishesFactory(client=one, version=1, preferred_name="陈先生")
        keep(clerk, "wishes", *self.TYPED)
        ClientWishes.objects.filter(pk=stored.pk).update(version=2, preferred_hours="上午")
        form = get(clerk, FORMS["wishes"]).context["form"]
        assert form["version"].value() == "1"
        sent = {"version": "1", "needs": TEXT, "preferred_name": "陈先生"}
        response = browser_of(clerk).post(FORMS["wishes"], sent)
        assert response.status_code == 409
        merged = response.context["form"]
        assert (merged["version"].value(), merged["preferred_hours"].value()) == (2, "上午")
        assert AGAIN not in response.content.decode()

    def test_who_only_reads_has_no_draft(self) -> None:
        page = get(person("auditor"), FORMS["wishes"]).content.decode()
        assert "data-draft" not in page
