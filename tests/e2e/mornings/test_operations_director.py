"""An operations director's morning: where clients moved, a list to take along, a correction sent back, a hand-over."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.e2e.mornings.conftest import Begin
from tests.e2e.mornings.morning import PATIENCE_MS, Morning, grouped, number_in
from tests.e2e.mornings.records import Records
from tests.e2e.mornings.workbook import downloaded

pytestmark = pytest.mark.e2e

DIRECTOR, CLERK = "1303", "1306"  # of the branch in Shanghai
GIVER, TAKERS = "1309", ("1307", "1308")
E_MAIL = "qingwen.office@mail-demo.cn"
SAID = {"zh-hans": "客户来电告知新邮箱。", "en": "The client told us the new address by telephone."}
WHY_NOT = {
    "zh-hans": "电话告知不足以更正，请客户用原邮箱确认。",
    "en": "A call is not enough; let the client confirm from the old address.",
}
NOTE = {"zh-hans": "下月调往杭州，名下客户分给两位同事。", "en": "Moves to Hangzhou; two colleagues share the clients."}

CLIENT = """
SELECT c.id, c.client_no FROM clients_client AS c JOIN crm_user AS m ON m.id = c.manager_id
WHERE m.staff_no = %s AND c.kind = 'individual' AND c.status = 'active'
  AND NOT EXISTS (SELECT FROM clients_correction AS k
                  WHERE k.client_id = c.id AND k.state IN ('proposed', 'approved', 'sent'))
ORDER BY c.client_no DESC LIMIT 1"""
HIS_CLIENTS = """
SELECT c.id FROM clients_client AS c JOIN crm_user AS m ON m.id = c.manager_id
WHERE m.staff_no = %s AND c.status <> 'closed' ORDER BY c.id"""


class Known(NamedTuple):
    pk: int
    number: str


def test_an_operations_directors_morning(begin: Begin, records: Records) -> None:
    director, clerk = begin(DIRECTOR), begin(CLERK)
    he_arrives(director)
    he_sees_who_moved(director)
    he_takes_a_list_to_the_meeting(director)
    he_sends_a_correction_back(director, clerk, Known(*records.line(CLIENT, GIVER)))
    he_hands_over_and_takes_back(director)


def he_arrives(director: Morning) -> None:
    say, page, records = director.say, director.page, director.records
    with director.step("he signs in, and home says what the night did and which files came"):
        director.sign_in()
        assert {say("Corrections"), say("Hand-overs"), say("Exports"), say("Imports")} <= set(director.navigation())
        assert not {say("Read log"), say("Outbox")} & set(director.navigation())
        lines = page.locator("section[aria-labelledby=batches-title] li")
        assert lines.count() >= 2
        expect(lines.first.locator("svg.icon")).to_be_visible()
        assert records.one("SELECT count(*) FROM clients_run WHERE replaced_by_id IS NULL AND NOT is_baseline") > 0


def he_sees_who_moved(director: Morning) -> None:
    say, page, records = director.say, director.page, director.records
    with director.step("between two days clients moved from tier to tier: the clients behind a cell are as many"):
        director.open(say("Composition"))
        director.follow(page.locator(".content .tabs").get_by_role("link", name=say("Migration")))
        cell = page.locator("td.moves a").first
        director.picture("director-migration", "zh-hans")
        count = number_in(cell.inner_text())
        director.follow(cell)
        assert director.counted() == count
        expect(director.rows()).to_have_count(min(count, 50))
        numbers = [text.replace(" ", "") for text in director.rows().locator("[data-row-link]").all_inner_texts()]
        branches = records.rows(
            "SELECT DISTINCT u.code FROM clients_client AS c JOIN crm_unit AS u ON u.id = c.branch_id "
            "WHERE c.client_no = ANY (%s)",
            numbers,
        )
        assert branches == [("SH01",)]

    with director.step("the history of one of them tells the move"):
        moved = director.heading.inner_text().split("→")[-1].strip()
        director.follow(director.rows().first.locator("[data-row-link]"))
        director.follow(page.locator(".tabs").get_by_role("link", name=say("History"), exact=True))
        changes = director.card(say("Changes of segment")).locator("tbody tr")
        expect(changes.filter(has_text=moved).first).to_be_visible()


def he_takes_a_list_to_the_meeting(director: Morning) -> None:
    say, page, records = director.say, director.page, director.records
    with director.step("the clients at risk go out as a file, with a reason, made by a job"):
        director.open(say("Clients"))
        director.choose(say("Group"), say("At risk of leaving", "badge"))
        count = director.counted()
        numbers = [text.replace(" ", "") for text in director.rows().locator("[data-row-link]").all_inner_texts()]
        box = director.unfold(say("Export"))
        box.get_by_label(say("What is it for?")).select_option(label=say("Branch meeting"))
        director.send(box.get_by_role("button", name=say("Export"), exact=True))
        expect(page.locator(".page-head .badge")).to_have_text(say("Ready", "export"), timeout=PATIENCE_MS)
        director.looked_at()
        pk = int(page.url.rstrip("/").rpartition("/")[2])
        made = records.line("SELECT by_id, rows, reason, decided_by_id, downloads FROM crm_export WHERE id = %s", pk)
        assert made == (director.user_id, count, "meeting", None, 0)

    with director.step("the file holds the list, row by row, says whose it is, and the download is counted"):
        sheet, about = downloaded(page, page.locator("[data-key=d]"))
        assert [row[0] for row in sheet[1 : len(numbers) + 1]] == numbers
        assert len(sheet) == count + 1
        assert any(director.name in cell for row in about for cell in row)
        director.goto(f"/exports/{pk}/")
        expect(director.value_of(say("Downloads"))).to_have_text("1")
        kinds = records.rows(
            "SELECT kind, rows FROM crm_readlog WHERE by_id = %s AND kind IN ('export', 'download') "
            "ORDER BY id DESC LIMIT 2",
            director.user_id,
        )
        assert kinds == [("download", count), ("export", count)]


def he_sends_a_correction_back(director: Morning, clerk: Morning, client: Known) -> None:
    say, page, records, language = director.say, director.page, director.records, director.look.language
    with clerk.step("a clerk proposes another e-mail, on a telephone call alone"):
        clerk.sign_in()
        clerk.goto(f"/clients/{client.number}/correct/email/")
        clerk.page.locator("[name=value]").fill(E_MAIL)
        clerk.page.locator("[name=reason]").fill(SAID[language])
        clerk.send(clerk.page.get_by_role("button", name=say("Propose"), exact=True))
        pk = records.one("SELECT max(id) FROM clients_correction WHERE client_id = %s", client.pk)

    with director.step("he rejects it, which is not done without saying why"):
        director.open(say("Corrections"))
        director.follow(director.rows().filter(has_text=grouped(client.number)).first.locator("[data-row-link]"))
        expect(director.value_of(say("Proposed value"))).to_have_text(E_MAIL)
        reject = page.get_by_role("button", name=say("Reject"), exact=True)
        director.send(reject)
        expect(page.locator("#decision .field-error")).to_be_visible()
        page.get_by_label(say("Note")).fill(WHY_NOT[language])
        director.send(reject)
        director.told(say("Rejected."))
        state = records.line("SELECT state, decided_by_id, decision_note FROM clients_correction WHERE id = %s", pk)
        assert state == ("rejected", director.user_id, WHY_NOT[language])

    with clerk.step("the clerk reads why among her notices"):
        clerk.goto("/notices/")
        notice = clerk.page.locator(".notice-new").filter(has_text=client.number).first
        expect(notice).to_contain_text(WHY_NOT[language])
        clerk.follow(notice.locator("[data-row-link]"))
        expect(clerk.page.locator(".page-head .badge")).to_have_text(say("Rejected", "correction"))


def he_hands_over_and_takes_back(director: Morning) -> None:
    say, page, records = director.say, director.page, director.records
    held = records.rows(HIS_CLIENTS, GIVER)
    giver = records.one("SELECT name FROM crm_user WHERE staff_no = %s", GIVER)
    with director.step("a manager moves on: who would get how much is shown before anything happens"):
        director.open(say("Hand-overs"))
        director.follow(page.get_by_role("link", name=say("New hand-over")))
        director.follow(page.locator("[data-row]").filter(has_text=GIVER).locator("[data-row-link]"))
        for taker in TAKERS:
            page.locator(f"[name=to][value='{taker}']").check()
        page.get_by_label(say("In turn, by assets")).check()
        director.send(page.get_by_role("button", name=say("What would come of it")))
        shares = [number_in(text) for text in page.locator("#preview tbody td.strong").all_inner_texts()]
        assert len(shares) == len(TAKERS)
        assert sum(shares) == len(held)
        assert max(shares) - min(shares) <= 1
        assert records.rows(HIS_CLIENTS, GIVER) == held

    with director.step("he hands over; a job does it, and the clients' history says who and why"):
        page.get_by_label(say("Note")).fill(NOTE[director.look.language])
        director.send(page.locator("#preview").get_by_role("button", name=say("Hand over")))
        pk = int(page.url.rstrip("/").rpartition("/")[2])
        director.wait_for_job(director.card(say("Who got what")))
        got = [number_in(text) for text in director.card(say("Who got what")).locator("td.strong").all_inner_texts()]
        assert sorted(got) == sorted(shares)
        director.picture("director-handover", "en")
        assert records.rows(HIS_CLIENTS, GIVER) == []
        number = records.one("SELECT client_no FROM clients_client WHERE id = %s", held[0][0])
        director.goto(f"/clients/{number}/history/")
        change = director.card(say("Changes of data")).locator("tbody tr").filter(has_text=giver).first
        expect(change).to_contain_text(director.name)
        expect(change).to_contain_text(NOTE[director.look.language])

    with director.step("the move is called off: he takes the hand-over back, and everybody has his own clients again"):
        director.goto(f"/handovers/{pk}/")
        director.send(page.get_by_role("button", name=say("Take back")))
        director.told(say("The hand-over is taken back, for all who were not moved on since."))
        assert records.rows(HIS_CLIENTS, GIVER) == held
