"""An auditor's morning: who read too much, who read whom just now, what the night did. He changes nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.e2e.mornings.conftest import Begin
from tests.e2e.mornings.morning import Morning, grouped, number_in
from tests.e2e.mornings.records import Records

pytestmark = pytest.mark.e2e

AUDITOR, CLERK = "8601", "1306"
READ_BY_CLERK = """
SELECT client_no FROM clients_client AS c JOIN crm_unit AS u ON u.id = c.branch_id
WHERE u.code = 'SH01' AND c.status = 'active' ORDER BY c.client_no DESC LIMIT 1"""
WHO_ASKED = "SELECT u.staff_no FROM crm_export AS e JOIN crm_user AS u ON u.id = e.by_id WHERE e.id = %s"
# The busiest hour of whoever opened most clients within one, in the last week.
BUSIEST = """
SELECT u.staff_no, u.name, day::text, max(clients) FROM (
    SELECT by_id, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(DISTINCT subject_no) AS clients
    FROM crm_readlog
    WHERE subject = 'client' AND subject_no <> '' AND kind IN ('page', 'reveal')
      AND at >= ((now() AT TIME ZONE 'Asia/Shanghai')::date - 6) AT TIME ZONE 'Asia/Shanghai'
    GROUP BY by_id, 2, date_trunc('hour', at)) AS hours
JOIN crm_user AS u ON u.id = hours.by_id
GROUP BY u.staff_no, u.name, day ORDER BY max(clients) DESC LIMIT 1"""


class Reader(NamedTuple):
    staff_no: str
    name: str
    day: str
    clients: int


def test_an_auditors_morning(begin: Begin, records: Records) -> None:
    auditor, clerk = begin(AUDITOR), begin(CLERK)
    he_arrives(auditor)
    he_asks_about_unusual_reading(auditor, Reader(*records.line(BUSIEST)))
    he_sees_who_reads_whom(auditor, clerk, records.one(READ_BY_CLERK))
    he_changes_nothing(auditor, records.one(READ_BY_CLERK))
    he_checks_the_night(auditor)
    he_checks_files_and_exports(auditor)


def he_arrives(auditor: Morning) -> None:
    say = auditor.say
    with auditor.step("he signs in: everything to read, nothing to enter"):
        auditor.sign_in()
        shown = set(auditor.navigation())
        assert {say("Read log"), say("Unusual reading"), say("Runs"), say("Imports"), say("Background jobs")} <= shown
        assert not {say("Promises"), say("Who is calling"), say("Corrections"), say("Hand-overs")} & shown


def he_asks_about_unusual_reading(auditor: Morning, reader: Reader) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with auditor.step("somebody opened many clients within an hour: the finding says how many"):
        auditor.open(say("Unusual reading"))
        found = page.locator("[data-row]").filter(has_text=reader.staff_no).filter(has_text=reader.day)
        found = found.filter(has_text=say("Many clients within an hour"))
        expect(found.locator("td.strong")).to_have_text(f"{reader.clients}")
        auditor.picture("auditor-unusual", "en")

    with auditor.step("and leads to the rows of the log behind it, of that person and that day alone"):
        auditor.follow(found.locator("[data-row-link]"))
        expect(auditor.rows()).to_have_count(50)
        for row in auditor.rows().all_inner_texts():
            assert reader.staff_no in row
            assert reader.day in row
        opened = records.one(
            """SELECT count(*) FROM crm_readlog AS r JOIN crm_user AS u ON u.id = r.by_id
               WHERE u.staff_no = %s AND r.kind IN ('page', 'reveal')
                 AND (r.at AT TIME ZONE 'Asia/Shanghai')::date = %s::date""",
            reader.staff_no,
            reader.day,
        )
        assert opened >= reader.clients
        auditor.turn(page.get_by_role("link", name=say("Next"), exact=True))
        expect(auditor.rows()).to_have_count(min(opened - 50, 50))


def he_sees_who_reads_whom(auditor: Morning, clerk: Morning, number: str) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with clerk.step("a clerk opens a client's history"):
        clerk.sign_in()
        clerk.goto(f"/clients/{number}/history/")

    with auditor.step("the log has it at once: who, whom, which part of the file"):
        auditor.open(say("Read log"))
        page.locator(".filters-search input").fill(CLERK)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"q={CLERK}"))
        first = auditor.rows().first
        for words in (clerk.name, say("Page opened"), grouped(number), say("History")):
            expect(first).to_contain_text(words)
        newest = "SELECT subject_no, kind, fields FROM crm_readlog WHERE by_id = %s ORDER BY id DESC LIMIT 1"
        assert records.line(newest, clerk.user_id) == (number, "page", "history")

    with auditor.step("his own looking is in the log as well"):
        auditor.follow(first.locator("[data-row-link]"))
        expect(page.locator(".client-head")).to_contain_text(grouped(number))
        assert records.line(newest, auditor.user_id) == (number, "page", "overview")


def he_changes_nothing(auditor: Morning, number: str) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with auditor.step("no page of the client offers him anything to change or to reveal"):
        for tab in ("", "wishes/", "profile/", "history/", "why/"):
            auditor.goto(f"/clients/{number}/{tab}")
            expect(page.locator(".content form[method=post]")).to_have_count(0)
            expect(page.locator(".client-actions, .reveal summary")).to_have_count(0)

    with auditor.step("and what he would send all the same is refused in words, before anything is written"):
        kept = "SELECT count(*), coalesce(sum(version), 0) FROM clients_clientwishes"
        before = records.line(kept)
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        answer = page.request.post(
            f"/clients/{number}/wishes/", form={"csrfmiddlewaretoken": token, "version": "0", "needs": "x"}
        )
        assert answer.status == 403
        assert say("You may not do this") in answer.text()
        assert records.line(kept) == before


def he_checks_the_night(auditor: Morning) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with auditor.step("the newest run: what it changed is listed to the last client"):
        auditor.open(say("Runs"))
        auditor.follow(auditor.rows().first.locator("[data-row-link]"))
        pk = int(page.url.rstrip("/").rpartition("/")[2])
        stats = page.locator(".stats .stat")
        shown = {
            stat.locator(".stat-label").inner_text(): stat.locator(".stat-value").inner_text() for stat in stats.all()
        }
        changed = records.one("SELECT count(*) FROM clients_segmentchange WHERE run_id = %s", pk)
        assert number_in(shown[say("Changed")]) == changed
        assert number_in(shown[say("Clients")]) == records.one("SELECT clients FROM clients_run WHERE id = %s", pk)
        expect(auditor.rows()).to_have_count(min(changed, 50))
        auditor.picture("auditor-run", "zh-hans")

    with auditor.step("under which rules, and who let them come into force"):
        version = records.one(
            "SELECT p.version FROM clients_policy AS p JOIN clients_run AS r ON r.policy_id = p.id WHERE r.id = %s", pk
        )
        auditor.follow(page.get_by_role("link", name=say("Policy version %(version)s", version=version)))
        expect(page).to_have_url(re.compile(f"/segmentation/policies/{version}/$"))
        expect(page.locator(".content form[method=post]")).to_have_count(0)


def he_checks_files_and_exports(auditor: Morning) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with auditor.step("every row of the newest file is accounted for"):
        auditor.open(say("Imports"))
        auditor.follow(auditor.rows().first.locator("[data-row-link]"))
        pk = int(page.url.rstrip("/").rpartition("/")[2])
        rows, *parts = records.line(
            "SELECT rows, inserted, updated, unchanged, repeats, rejected FROM clients_feedbatch WHERE id = %s", pk
        )
        assert rows == sum(parts)
        shown = [number_in(text) for text in page.locator(".stats .stat-value").all_inner_texts()]
        assert shown[0] == rows
        assert sum(shown[1:]) >= rows

    with auditor.step("what left the system is listed with who asked, why, and who released it; he releases nothing"):
        auditor.goto("/exports/")
        others = auditor.card(say("Of others"))
        assert others.locator("[data-row]").count() == min(records.one("SELECT count(*) FROM crm_export"), 100)
        auditor.follow(others.locator("[data-row-link]").first)
        pk = int(page.url.rstrip("/").rpartition("/")[2])
        staff_no = records.one(WHO_ASKED, pk)
        expect(auditor.value_of(say("Asked for by"))).to_contain_text(staff_no)
        expect(page.locator(".content form[method=post]")).to_have_count(0)
