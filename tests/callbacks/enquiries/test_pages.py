"""The pages of enquiries: the list, a new one, one of them, hand-over; strangers, the forbidden, bad input."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client as Stranger
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from python_calamine import load_workbook

from callbacks.calls.models import Concern, HandOver
from callbacks.enquiries.arriving import arrive
from callbacks.enquiries.handing import offer
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import open_enquiry, write_enquiry
from callbacks.enquiries.writing import Written
from clients.contacts.look_up import shown_as
from clients.profile.models import Client
from crm.audit.models import ReadLog
from crm.drafts.services import keep_draft
from crm.exports import files
from crm.exports.services import request_export
from crm.jobs import services as jobs
from crm.organisation.models import User
from crm.web.navigation import navigation
from tests.callbacks.enquiries.conftest import ASKED, Calls
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LIST, NEW = "/inbound/", "/inbound/new/"
FIELDS = {"kind": "business", "topic": "银证转账", "question": "限额多少？", "answer": "五十万。"}


def url(enquiry: Enquiry, more: str = "") -> str:
    return f"/inbound/{enquiry.enquiry_no}/{more}"


def form(**more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), **FIELDS, **more}


def of_client(one: Client, by: User) -> str:
    return shown_as(Client.objects.select_related("branch", "manager").get(pk=one.pk), by=by).number_pass


class TestList:
    def test_open_ones_in_scope(self, taken: Enquiry, agent: User, calls: Calls) -> None:
        waiting = arrive(event=calls("c1", line="vip"))
        page = get(agent, LIST).content.decode()
        assert waiting is not None
        assert url(waiting) in page
        assert url(taken) in page
        assert "1 caller waits" in page
        assert "VIP" in page
        assert "张**" in page
        assert LIST in str([group.items for group in navigation(agent, "/")])
        assert url(taken) not in get(agent, f"{LIST}?state=closed").content.decode()
        assert url(waiting) not in get(agent, f"{LIST}?whose=mine").content.decode()
        assert url(taken) in get(agent, f"{LIST}?q={taken.enquiry_no.lower()}").content.decode()

    def test_a_branch_sees_its_own(self, taken: Enquiry, one: Client) -> None:
        assert url(taken) in get(person("counter_clerk", one.branch), LIST).content.decode()
        assert url(taken) not in get(person("counter_clerk"), LIST).content.decode()

    def test_costs_the_same_for_fifty(
        self, agent: User, one: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = browser_of(agent)
        for _ in range(2):
            open_enquiry(written=ASKED, key=uuid.uuid4(), client=one, by=agent)
        browser.get(LIST)
        with django_assert_num_queries(9) as few:
            browser.get(LIST)
        for _ in range(30):
            open_enquiry(written=ASKED, key=uuid.uuid4(), client=client(), by=agent)
        with django_assert_num_queries(len(few)):
            browser.get(LIST)

    def test_the_line_and_the_card_on_the_home_page(self, agent: User, calls: Calls) -> None:
        assert get(agent, "/inbound/home/").content == b""
        arrive(event=calls("c1"))
        assert "Nobody waits" not in get(agent, "/inbound/line/").content.decode()
        assert "Waiting on the line" in get(agent, "/inbound/home/").content.decode()


def test_the_file_is_the_page(taken: Enquiry, calls: Calls) -> None:
    arrive(event=calls("c1", line="vip"))
    export = request_export(
        by=person("call_centre_supervisor"), list_name="enquiries", query="state=taken",
        columns=["number", "caller", "state", "owner"], reason="meeting", key="k1", language="en",
    )  # fmt: skip
    assert export.job is not None
    jobs.run(export.job.pk)
    export.refresh_from_db()
    rows = load_workbook(files.path_of(export)).get_sheet_by_index(0).to_python()
    cells = {str(cell) for row in rows for cell in row}
    assert {taken.enquiry_no, "张**", "10800001", "Being dealt with", "陈坐席"} <= cells
    assert sum(str(row[0]).startswith("E") and "-" in str(row[0]) for row in rows) == 1, "the waiting one is left out"


class TestNew:
    def test_looked_up_and_kept_open(self, agent: User, one: Client) -> None:
        browser = browser_of(agent)
        cards = browser.post("/inbound/new/caller/", {"q": "13900001111"}, headers={"HX-Request": "true"})
        assert "张**" in cards.content.decode()
        assert "张博伟" not in cards.content.decode()
        (card,) = cards.context["cards"]
        assert f'value="{card.number_pass}" checked' in cards.content.decode()

        answer = browser.post(NEW, form(number_pass=card.number_pass, do="keep"))

        made = Enquiry.objects.get()
        assert answer["Location"] == url(made)
        assert (made.client, made.owner, made.state, made.question) == (one, agent, "taken", "限额多少？")

    def test_closed_at_once_for_somebody_nobody_knows(self, agent: User) -> None:
        answer = browser_of(agent).post(NEW, form(do="close", caller_name="王先生", phone="13900005678"))
        made = Enquiry.objects.get()
        assert answer["Location"] == LIST
        assert (made.state, made.client, made.phone_masked) == ("closed", None, "139****5678")

    def test_a_double_click_makes_one(self, agent: User) -> None:
        browser, sent = browser_of(agent), form(do="close")
        for _ in range(2):
            assert browser.post(NEW, sent).status_code == 302
        assert Enquiry.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "x"},
            {"question": "\0"},
            {"do": "close", "answer": ""},
            {"do": "close", "kind": ""},
            {"phone": "12"},
            {"promised": "回电"},
            {"due_at": "never", "promised": "回电"},
            {"key": "x"},
            {"number_pass": "invented"},
        ],
    )
    def test_refused_with_what_was_typed(self, agent: User, wrong: dict[str, str]) -> None:
        answer = browser_of(agent).post(NEW, form(topic="保留我") | wrong)
        assert answer.status_code == 422
        assert "保留我" in answer.content.decode()
        assert not Enquiry.objects.exists()

    def test_from_the_clients_page_and_without_scripts(self, agent: User, one: Client) -> None:
        assert "张**" in get(agent, f"{NEW}?client=10800001").content.decode()
        assert "张**" not in get(person("counter_clerk"), f"{NEW}?client=10800001").content.decode()
        assert "张**" in browser_of(agent).post("/inbound/new/caller/", {"q": "10800001"}).content.decode()
        assert "has exactly this" in browser_of(agent).post("/inbound/new/caller/", {"q": "99999999"}).content.decode()

    def test_the_draft_stands_in_it_again(self, agent: User) -> None:
        keep_draft(by=agent, kind="enquiry", key="new", fields=[("question", "写了一半")], window=uuid.uuid4())
        assert "写了一半" in get(agent, NEW).content.decode()
        browser_of(agent).post(NEW, form(do="keep"))
        assert "写了一半" not in get(agent, NEW).content.decode()


class TestOne:
    def test_written_and_closed(self, taken: Enquiry, agent: User) -> None:
        browser = browser_of(agent)
        assert browser.post(url(taken), {**FIELDS, "revision": 1, "do": "keep"})["Location"] == url(taken)
        assert "五十万。" in browser.get(url(taken)).content.decode()
        assert browser.post(url(taken), {**FIELDS, "revision": 2, "do": "close"})["Location"] == LIST
        page = browser.get(url(taken)).content.decode()
        assert "<textarea" not in page
        assert "Closed" in page
        again = browser.post(url(taken), {**FIELDS, "revision": 2, "do": "close"})
        assert again["Location"] == LIST

    def test_a_conflict_shows_both(self, taken: Enquiry, agent: User) -> None:
        write_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent)
        answer = browser_of(agent).post(url(taken), {**FIELDS, "revision": 1, "do": "keep"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "单笔五十万元。" in page
        assert "五十万。" in page
        sent = {name: answer.context["form"][name].value() or "" for name in (*FIELDS, "revision")}
        assert browser_of(agent).post(url(taken), {**sent, "do": "keep"}).status_code == 302
        taken.refresh_from_db()
        assert (taken.answer, taken.revision) == ("五十万。", 3)

    @pytest.mark.parametrize("wrong", [{"kind": "x"}, {"revision": "x"}, {"answer": "", "do": "close"}])
    def test_refused_with_what_was_typed(self, taken: Enquiry, agent: User, wrong: dict[str, str]) -> None:
        answer = browser_of(agent).post(url(taken), {**FIELDS, "topic": "保留我", "revision": 1} | wrong)
        assert answer.status_code == 422
        assert "保留我" in answer.content.decode()

    def test_a_complaint_is_raised(self, taken: Enquiry, agent: User) -> None:
        browser_of(agent).post(url(taken), {**FIELDS, "kind": "complaint", "revision": 1, "do": "keep"})
        assert Concern.objects.get().enquiry == taken

    def test_the_number_of_an_unknown_caller_in_clear_for_its_owner_alone(self, agent: User, other: User) -> None:
        made = open_enquiry(written=Written(question="问"), key=uuid.uuid4(), phone="13900005678", by=agent)
        assert "13900005678" in get(agent, url(made)).content.decode()
        assert "13900005678" not in get(other, url(made)).content.decode()
        read = ReadLog.objects.get(kind="claimed")
        assert (read.by, read.subject, read.subject_no, read.fields) == (agent, "enquiry", made.enquiry_no, "phone")

    def test_joined_to_a_client(self, agent: User, one: Client) -> None:
        made = open_enquiry(written=ASKED, key=uuid.uuid4(), by=agent)
        found = browser_of(agent).post(url(made, "join/"), {"q": "10800001"})
        (card,) = found.context["cards"]
        browser_of(agent).post(url(made, "join/"), {"pass": "invented"})
        made.refresh_from_db()
        assert made.client is None
        browser_of(agent).post(url(made, "join/"), {"pass": card.number_pass})
        made.refresh_from_db()
        assert made.client == one

    def test_who_may(self, taken: Enquiry, agent: User, other: User, one: Client) -> None:
        assert browser_of(other).post(url(taken), {**FIELDS, "revision": 1, "do": "keep"}).status_code == 403
        assert "<textarea" not in get(other, url(taken)).content.decode()
        assert get(person("auditor"), url(taken)).status_code == 200
        for path in (url(taken), url(taken, "join/"), url(taken, "hand/")):
            assert browser_of(person("auditor")).post(path, {"q": "1"}).status_code == 403
            assert browser_of(person("counter_clerk")).post(path, {"q": "1"}).status_code == 404
            assert Stranger().post(path).status_code == 302
        assert get(agent, "/inbound/E1-1/").status_code == 404
        for path in (LIST, NEW, "/inbound/offers/", "/inbound/line/"):
            assert browser_of(person("administrator")).get(path).status_code == 403
            assert Stranger().get(path).status_code == 302
        assert browser_of(person("auditor")).post("/inbound/next/").status_code == 403


class TestHandOver:
    def test_asked_accepted_and_seen(self, taken: Enquiry, agent: User, other: User) -> None:
        sent = {"to": other.staff_no, "reason": "需要两融知识"}
        assert browser_of(agent).post(url(taken, "hand/"), sent).status_code == 302
        asked = HandOver.objects.get()
        page = get(other, "/inbound/offers/").content.decode()
        assert "需要两融知识" in page
        assert taken.enquiry_no in page
        assert taken.enquiry_no not in get(agent, "/inbound/offers/").content.decode()
        assert "1 enquiry is offered" in get(other, "/inbound/line/").content.decode()
        for _ in range(2):
            answer = browser_of(other).post(f"/inbound/offers/{asked.pk}/", {"do": "accept"})
            assert answer["Location"] == url(taken)
        taken.refresh_from_db()
        assert taken.owner == other
        assert "需要两融知识" in get(agent, url(taken)).content.decode()

    def test_declined_with_a_reason(self, taken: Enquiry, agent: User, other: User) -> None:
        asked = offer(enquiry=taken, to=other, reason="交接", by=agent)
        path = f"/inbound/offers/{asked.pk}/"
        browser_of(other).post(path, {"do": "decline", "reason": ""})
        asked.refresh_from_db()
        assert asked.state == "asked"
        browser_of(other).post(path, {"do": "decline", "reason": "在休息"})
        asked.refresh_from_db()
        assert asked.state == "declined"

    def test_who_may(self, taken: Enquiry, agent: User, other: User) -> None:
        asked = offer(enquiry=taken, to=other, reason="交接", by=agent)
        path = f"/inbound/offers/{asked.pk}/"
        assert browser_of(person("call_centre_agent")).post(path, {"do": "accept"}).status_code == 404
        assert browser_of(agent).post(path, {"do": "accept"}).status_code == 403
        assert browser_of(person("auditor")).post(path, {"do": "accept"}).status_code == 403
        assert browser_of(agent).post(url(taken, "hand/"), {"to": "nobody", "reason": "交接"}).status_code == 422
        browser_of(agent).post(path, {"do": "take_back"})
        asked.refresh_from_db()
        assert asked.state == "taken_back"


def test_next_on_the_line(agent: User, calls: Calls) -> None:
    browser = browser_of(agent)
    assert browser.post("/inbound/next/")["Location"] == LIST
    waiting = arrive(event=calls("c1", phone="13900005678"))
    assert waiting is not None
    for _ in range(2):
        assert browser.post("/inbound/next/")["Location"] == url(waiting)
    assert "13900005678" in browser.get(url(waiting)).content.decode()


def test_overdue_is_loud(agent: User, taken: Enquiry) -> None:
    due = timezone.now() + dt.timedelta(minutes=1)
    write_enquiry(enquiry=taken, written=Written(question="问", promised="回电", due_at=due), revision=1, by=agent)
    Enquiry.objects.filter(pk=taken.pk).update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert "Overdue" in get(agent, LIST).content.decode()
    assert url(taken) in get(agent, f"{LIST}?due=overdue").content.decode()


class TestLookUp:
    """The card of a look-up leads to the new enquiry, with the client whom it showed, in any scope."""

    def test_the_card_leads_here(self, one: Client) -> None:
        clerk = person("counter_clerk")
        page = browser_of(clerk).post("/enquiries/", {"q": one.client_no})
        text = page.content.decode()
        number_pass = page.context["cards"][0].number_pass
        assert text.index("/inbound/new/?pass=") < text.index("Record the enquiry")

        form = get(clerk, f"{NEW}?{urlencode({'pass': number_pass})}")

        assert form.context["chosen"]
        assert form.context["cards"][0].number == one.client_no

    def test_a_borrowed_pass_is_none(self, one: Client, agent: User) -> None:
        borrowed = of_client(one, person("counter_clerk"))
        assert not get(agent, f"{NEW}?{urlencode({'pass': borrowed})}").context["chosen"]
