"""The log of reads as compliance and audit see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.corrections.exporters import CELLS as CORRECTIONS
from clients.desk.exporters import CHANGES, PROMISES
from crm.audit.models import ReadLog
from crm.exports.registry import find
from crm.organisation.models import User
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db

URL = "/oversight/reads/"


def browser(user: User) -> Browser:
    made = Browser()
    made.force_login(user)
    made.cookies["django_language"] = "en"
    return made


def read(by: User, subject_no: str = "C1", kind: str = "page", **fields: Any) -> ReadLog:
    defaults = {"at": timezone.now(), "fields": "overview", "subject": "client"}
    return ReadLog.objects.create(by=by, kind=kind, subject_no=subject_no, **(defaults | fields))


@pytest.fixture
def auditor() -> User:
    return person("auditor", is_demo=True)


def shown(auditor: User, **params: Any) -> list[ReadLog]:
    answer = browser(auditor).get(URL, params)
    assert answer.status_code == 200
    return [line.read for line in answer.context["lines"]]


class TestList:
    def test_newest_first_codes_in_words(self, auditor: User) -> None:
        manager = person("customer_manager", name="周敏")
        read(manager, "C1", at=timezone.now() - dt.timedelta(hours=1))
        read(manager, "C2", "reveal", fields="id_number", reason="authority", ip="10.1.2.3")
        answer = browser(auditor).get(URL)
        text = answer.content.decode()
        assert [line.read.subject_no for line in answer.context["lines"]][:2] == ["C2", "C1"]
        for words in ("周敏", "Hidden field revealed", "ID number", "Request of a regulator", "10.1.2.3", "Overview"):
            assert words in text

    def test_what_was_looked_into_and_taken_out_in_words(self, auditor: User) -> None:
        clerk = person("counter_clerk")
        read(clerk, "", "search", fields="initials,phone_tail,client_no", reason="6383")
        read(clerk, "", "export", fields="number,tier,contact", reason="meeting", rows=18)
        text = browser(auditor).get(URL).content.decode()
        for words in (
            "pinyin initials, last four digits of the phone, Client number",
            "Client number, Tier, Last contact",
            "Branch meeting",
        ):
            assert words in text

    def test_columns_of_every_list_that_is_taken_out_in_words(self, auditor: User) -> None:
        """The names of columns are the program's: none of them stands in the log as it is."""
        clerk = person("counter_clerk")
        columns = {"promises": PROMISES, "corrections": CORRECTIONS, "overnight": CHANGES}
        for name, cells in columns.items():
            exporter = find(name)
            assert exporter is not None
            read(clerk, "", "download", fields=",".join(cells), reason="meeting", subject=exporter.subject)
        seen = {
            line.read.subject: line.seen.split(", ")
            for line in browser(auditor).get(URL).context["lines"]
            if line.read.kind == "download"
        }
        assert seen["promise"] == ["What was promised", "Due", "Client", "Who keeps it", "Promised by", "Branch"]
        assert seen["correction"][-3:] == ["Decided", "Reason", "Branch"]
        assert seen["change"][-3:] == ["Why", "Average assets", "Customer manager"]
        codes = {name for cells in columns.values() for name in cells}
        assert not codes & {word for words in seen.values() for word in words}

    def test_filters(self, auditor: User) -> None:
        one, other = person("customer_manager"), person("counter_clerk")
        old = read(one, "C1", at=timezone.now() - dt.timedelta(days=40))
        revealed, opened = read(one, "C1", "reveal"), read(other, "C2")
        assert shown(auditor, kind="reveal") == [revealed]
        assert set(shown(auditor, period="30")) == {revealed, opened}
        assert set(shown(auditor, by=one.staff_no)) == {old, revealed}
        day = timezone.localtime(old.at).date().isoformat()
        assert shown(auditor, day=day) == [old]
        assert shown(auditor, day=day, by=other.staff_no) == []

    def test_a_day_is_one_of_shanghai(self, auditor: User) -> None:
        late = read(person(), at=dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC))
        early = read(person(), at=dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC))
        assert shown(auditor, day="2026-11-20") == [late]
        assert shown(auditor, day="2026-11-21") == [early]

    def test_looked_for_by_client_or_by_person(self, auditor: User) -> None:
        one, other = person(name="周敏"), person(name="王蕾")
        mine, theirs = read(one, "10800231"), read(other, "10800232")
        assert shown(auditor, q="1080 0231") == [mine]
        assert shown(auditor, q=other.staff_no) == [theirs]
        assert shown(auditor, q="王蕾") == [theirs]
        assert shown(auditor, q="nobody") == []

    @pytest.mark.parametrize(
        "params", [{"day": "2026-02-31"}, {"day": "9999-12-31"}, {"by": "\0"}, {"kind": "'"}, {"q": "%' --"}]
    )
    def test_garbage_is_left_out(self, auditor: User, params: dict[str, str]) -> None:
        assert browser(auditor).get(URL, params).status_code == 200

    def test_the_queries_do_not_grow(self, auditor: User, django_assert_max_num_queries: Any) -> None:
        for number in range(60):
            read(person(), f"C{number}")
        made = browser(auditor)
        made.get(URL)
        with django_assert_max_num_queries(9):
            made.get(URL)


class TestWhoMay:
    @pytest.mark.parametrize("url", [URL, "/oversight/unusual/"])
    def test_compliance_and_audit_alone(self, url: str) -> None:
        assert Browser().get(url)["Location"].startswith(reverse("account_login"))
        assert browser(person("compliance", is_demo=True)).get(url).status_code == 200
        refused = browser(person("general_manager")).get(url)
        assert refused.status_code == 403
        assert "Read the log of who read what" in refused.content.decode()


def test_what_a_page_wrote_is_what_the_log_shows(auditor: User) -> None:
    """From the click of a branch clerk to the line that compliance reads."""
    known = client(client_no="10800231", name="张伟")
    clerk = person("operations_director", unit=known.branch, name="唐卫东")
    made = browser(clerk)
    made.get(reverse("clients:detail", args=["10800231"]))
    made.post(reverse("clients:reveal", args=["10800231"]), {"field": "phone", "reason": "enquiry"})
    kinds = [(line.kind, line.fields, line.reason) for line in shown(auditor, q="10800231")]
    assert kinds[0] == ("reveal", "phone", "enquiry")
    assert kinds[1][0] == "page"
