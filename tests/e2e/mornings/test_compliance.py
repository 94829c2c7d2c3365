"""A compliance officer's morning: a hidden number shown for a reason, which audit sees; a large export released."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.e2e.mornings.conftest import Begin
from tests.e2e.mornings.morning import PATIENCE_MS, Morning, grouped
from tests.e2e.mornings.records import Records
from tests.e2e.mornings.workbook import downloaded

pytestmark = pytest.mark.e2e

OFFICER, AUDITOR, ASKS = "8302", "8601", "8202"  # compliance, audit, risk control
NOTE = {"zh-hans": "年度抽样检查使用，用后删除。", "en": "For the yearly sample; delete it afterwards."}

# Somebody with an alert, of whom nobody has opened a hidden field so far.
SUSPECT = """
SELECT c.client_no, right(c.phone_masked, 4), c.name FROM clients_client AS c
WHERE c.kind = 'individual' AND c.status = 'active' AND c.phone_masked LIKE '1__****____'
  AND EXISTS (SELECT FROM clients_alert AS a WHERE a.client_id = c.id)
ORDER BY (SELECT count(*) FROM crm_readlog AS r WHERE r.subject_no = c.client_no AND r.kind = 'reveal'), c.client_no
LIMIT 1"""
REVEALS = """
SELECT by_id, fields, reason FROM crm_readlog
WHERE kind = 'reveal' AND subject = 'client' AND subject_no = %s ORDER BY id DESC"""


class Suspect(NamedTuple):
    number: str
    tail: str
    name: str


def test_a_compliance_officers_morning(begin: Begin, records: Records) -> None:
    officer, auditor, asks = begin(OFFICER), begin(AUDITOR), begin(ASKS)
    suspect = Suspect(*records.line(SUSPECT))
    she_arrives(officer)
    she_looks_into_an_alert(officer, suspect)
    the_auditor_sees_just_that(auditor, officer, suspect)
    she_releases_an_export(officer, asks)


def she_arrives(officer: Morning) -> None:
    say, page = officer.say, officer.page
    with officer.step("she signs in; she reads everything and enters nothing for clients"):
        officer.sign_in()
        shown = set(officer.navigation())
        assert {say("Read log"), say("Unusual reading"), say("Exports"), say("Policies")} <= shown
        assert not {say("Promises"), say("Who is calling"), say("Hand-overs")} & shown
        officer.picture("compliance-home", "zh-hans")
        assert page.request.get("/enquiries/").status == 403


def she_looks_into_an_alert(officer: Morning, suspect: Suspect) -> None:
    say, page, records = officer.say, officer.page, officer.records
    known = records.rows(REVEALS, suspect.number)
    with officer.step("an alert is open; she finds the client by his number, masked like everybody"):
        officer.open(say("Composition"))
        officer.follow(page.locator(".content .tabs").get_by_role("link", name=say("Alerts")))
        expect(officer.rows().first).to_be_visible()
        page.locator("body").press("/")
        page.keyboard.insert_text(suspect.number)
        page.keyboard.press("Enter")
        expect(page.locator(".client-head")).to_contain_text(f"****{suspect.tail}")
        expect(officer.heading).not_to_have_text(suspect.name)

    with officer.step("she has to call him: the number is shown for a reason, and the reason is kept"):
        shown = page.locator(".client-contact .reveal")
        shown.locator("summary").click()
        shown.get_by_role("button", name=say("Show"), exact=True).click()
        expect(shown.locator("input:invalid").first).to_be_attached()
        assert records.rows(REVEALS, suspect.number) == known
        shown.get_by_label(say("Compliance review or investigation")).check()
        officer.picture("compliance-reveal", "en")
        shown.get_by_role("button", name=say("Show"), exact=True).click()
        expect(page.locator(".client-contact .revealed")).to_have_text(re.compile(rf"^1\d{{6}}{suspect.tail}$"))
        new, *before = records.rows(REVEALS, suspect.number)
        assert new == (officer.user_id, "phone", "investigation")
        assert before == known

    with officer.step("on the next page it is masked again"):
        page.reload()
        expect(page.locator(".client-head")).to_contain_text(f"****{suspect.tail}")


def the_auditor_sees_just_that(auditor: Morning, officer: Morning, suspect: Suspect) -> None:
    say, page, records = auditor.say, auditor.page, auditor.records
    with auditor.step("the auditor looks for what was revealed of this client, and finds exactly that"):
        auditor.sign_in()
        auditor.open(say("Read log"))
        auditor.follow(page.locator("#list .tabs").get_by_role("link", name=say("Revealed fields")))
        page.locator(".filters-search input").fill(suspect.number)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(suspect.number))
        known = records.rows(REVEALS, suspect.number)
        expect(auditor.rows()).to_have_count(len(known))
        for words in (officer.name, grouped(suspect.number), say("Phone"), say("Compliance review or investigation")):
            expect(auditor.rows().first).to_contain_text(words)
        auditor.picture("auditor-reveals", "zh-hans")


def she_releases_an_export(officer: Morning, asks: Morning) -> None:
    say, page, records, language = officer.say, officer.page, officer.records, officer.look.language
    with asks.step("risk control asks for the list of all clients; so many rows wait for a second person"):
        asks.sign_in()
        asks.open(say("Clients"))
        everybody = records.one("SELECT count(*) FROM clients_standing WHERE status <> 'closed'")
        assert asks.counted() == everybody
        box = asks.unfold(say("Export"))
        box.get_by_label(say("What is it for?")).select_option(label=say("Compliance review or audit"))
        asks.send(box.get_by_role("button", name=say("Export"), exact=True))
        expect(asks.page.locator(".page-head .badge")).to_have_text(say("Waiting for release", "export"))
        expect(asks.page.get_by_role("button", name=say("Release"), exact=True)).to_have_count(0)
        pk = int(asks.page.url.rstrip("/").rpartition("/")[2])

    with officer.step("compliance reads who wants what and why, and releases it"):
        officer.open(say("Exports"))
        waiting = officer.card(say("For you to release"))
        link = waiting.locator(f"[data-row-link][href='/exports/{pk}/']")
        officer.picture("compliance-exports", "en")
        officer.follow(link)
        expect(officer.value_of(say("Asked for by"))).to_contain_text(asks.name)
        expect(officer.value_of(say("Rows"))).to_have_text(f"{everybody:,}")
        page.get_by_label(say("Note")).fill(NOTE[language])
        officer.send(page.get_by_role("button", name=say("Release"), exact=True))
        officer.told(say("Released."))
        decided = records.line("SELECT decided_by_id, decision_note FROM crm_export WHERE id = %s", pk)
        assert decided == (officer.user_id, NOTE[language])

    with asks.step("the file is made, and says who released it"):
        asks.goto(f"/exports/{pk}/")
        expect(asks.page.locator(".page-head .badge")).to_have_text(say("Ready", "export"), timeout=PATIENCE_MS)
        sheet, about = downloaded(asks.page, asks.page.locator("[data-key=d]"))
        assert len(sheet) == everybody + 1
        assert any(officer.name in cell for row in about for cell in row)

    with officer.step("and compliance sees that it was taken"):
        officer.goto(f"/exports/{pk}/")
        expect(officer.value_of(say("Downloads"))).to_have_text("1")
        taken = "SELECT by_id, rows FROM crm_readlog WHERE kind = 'download' ORDER BY id DESC LIMIT 1"
        assert records.line(taken) == (asks.user_id, everybody)
