"""A counter clerk's morning: a caller of another branch, a client at the counter, a phone number that is wrong."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.mornings.conftest import Begin
from tests.e2e.mornings.morning import Morning, grouped
from tests.e2e.mornings.records import Records

pytestmark = pytest.mark.e2e

CLERK, DIRECTOR, MANAGER = "1306", "1303", "1308"  # all of the branch in Shanghai
MASKED_PHONE, CLEAR_PHONE = re.compile(r"1\d{2}\*{4}\d{4}"), re.compile(r"1\d{10}")
NEW_PHONE, SECOND_PHONE = "13916270158", "13564418027"
QUESTION = {"zh-hans": "询问银证转账的限额与时间。", "en": "Asked for limits and hours of bank transfers."}
VISIT = {
    "zh-hans": "客户临柜办理风险测评，询问创业板开通条件。",
    "en": "Came for the risk assessment; asked about ChiNext.",
}
PROMISE = {"zh-hans": "由客户经理回电说明创业板开通条件", "en": "The manager calls back about ChiNext"}
NEED = {
    "zh-hans": ("希望每季度收到资产对账单。", "希望了解养老理财产品。"),
    "en": ("Wants a statement each quarter.", "Asks about pension products."),
}
REMARK = {"zh-hans": "配偶，晚间", "en": "spouse, evenings"}
PROOF = {
    "zh-hans": "客户本人临柜，出示居民身份证，原手机号已停用。",
    "en": "The client came with his identity card; the old number is dead.",
}
NOTE = {"zh-hans": "已核对身份证与新号码。", "en": "Card and new number were checked."}

OF_THE_BRANCH = """
SELECT count(*) FROM clients_standing WHERE status <> 'closed' AND branch_id IN (
    SELECT unit_id FROM crm_appointment WHERE user_id = %s AND ends_on IS NULL)"""
STRANGER = """
SELECT c.id, c.client_no, c.name, c.manager_id FROM clients_client AS c JOIN crm_unit AS u ON u.id = c.branch_id
WHERE u.code = 'GZ01' AND c.status = 'active' AND c.manager_id IS NOT NULL ORDER BY c.client_no LIMIT 1"""
# A client of one manager whose last four digits few others share, with no correction under way.
AT_THE_COUNTER = """
SELECT c.id, c.client_no, c.name, c.manager_id, right(c.phone_masked, 4) FROM clients_client AS c
JOIN crm_user AS m ON m.id = c.manager_id
WHERE m.staff_no = %s AND c.kind = 'individual' AND c.status = 'active' AND c.phone_masked LIKE '1__****____'
  AND NOT EXISTS (SELECT FROM clients_correction AS k
                  WHERE k.client_id = c.id AND k.state IN ('proposed', 'approved', 'sent'))
  AND NOT EXISTS (SELECT FROM clients_client AS o
                  WHERE o.branch_id = c.branch_id AND o.id <> c.id AND o.phone_tail_digest = c.phone_tail_digest)
ORDER BY c.client_no LIMIT 1"""


class Known(NamedTuple):
    pk: int
    number: str
    name: str
    manager_id: int
    tail: str = ""


def test_a_counter_clerks_morning(begin: Begin, records: Records) -> None:
    clerk, manager, director = begin(CLERK), begin(MANAGER), begin(DIRECTOR)
    caller, visitor = Known(*records.line(STRANGER)), Known(*records.line(AT_THE_COUNTER, MANAGER))
    she_arrives(clerk)
    she_takes_a_call_for_another_branch(clerk, caller)
    she_serves_a_visitor(clerk, visitor, manager)
    she_keeps_his_profile(clerk, visitor)
    she_has_his_phone_corrected(clerk, visitor, director)


def she_arrives(clerk: Morning) -> None:
    say, page, records = clerk.say, clerk.page, clerk.records
    with clerk.step("she signs in; nobody's name is shown in full"):
        clerk.sign_in()
        assert not {say("Exports"), say("Imports"), say("Composition"), say("Corrections")} & set(clerk.navigation())
        clerk.open(say("Clients"))
        assert all("**" in name for name in page.locator("#list .client-name").all_inner_texts())
        expected = records.one(OF_THE_BRANCH, clerk.user_id)
        assert clerk.counted() == expected


def she_takes_a_call_for_another_branch(clerk: Morning, caller: Known) -> None:
    say, page, records = clerk.say, clerk.page, clerk.records
    question = QUESTION[clerk.look.language]
    with clerk.step("a client of another branch calls: the card says as much as is needed, and no page opens"):
        clerk.open(say("Who is calling"))
        page.get_by_label(say("Client number, phone or ID number, in full")).fill(caller.number)
        clerk.send(page.get_by_role("button", name=say("Look up")))
        card = clerk.card_of(caller.number)
        expect(card).not_to_contain_text(caller.name)
        expect(card.get_by_role("link", name=say("To the client's page"))).to_have_count(0)
        assert page.request.get(f"/clients/{caller.number}/").status == 404
        clerk.picture("clerk-caller", "en")

    with clerk.step("she writes the enquiry down, and the client's own manager is told"):
        last = records.one("SELECT max(id) FROM clients_servicerecord")
        clerk.follow(card.get_by_role("link", name=say("Record the enquiry")))
        page.locator("[name=topic]").fill(say("Bank transfer"))
        page.locator("[name=summary]").fill(question)
        page.locator("[name=outcome]").fill(say("Answered"))
        clerk.send(page.get_by_role("button", name=say("Write down")))
        clerk.told(say("The enquiry is written down."))
        pk, *written = records.line(
            "SELECT id, client_id, staff_id, direction, summary FROM clients_servicerecord WHERE id > %s", last
        )
        assert written == [caller.pk, clerk.user_id, "inbound", question]
        told = records.line("SELECT user_id, url FROM crm_notice WHERE key = %s", f"enquiry:{pk}")
        assert told == (caller.manager_id, f"/clients/{caller.number}/")


def she_serves_a_visitor(clerk: Morning, visitor: Known, manager: Morning) -> None:
    say, page, records = clerk.say, clerk.page, clerk.records
    visit, promise = VISIT[clerk.look.language], PROMISE[clerk.look.language]
    with clerk.step("somebody stands at the counter and says the last four digits of his phone"):
        hits = clerk.search(visitor.tail)
        clerk.follow(hits.filter(has_text=grouped(visitor.number)))
        head = page.locator(".client-head")
        expect(clerk.heading).to_contain_text("**")
        expect(head).to_contain_text(MASKED_PHONE)
        expect(head).not_to_contain_text(CLEAR_PHONE)
        expect(head.locator(".reveal summary")).to_have_count(0)

    with clerk.step("she writes down the visit, and promises a call in the manager's name"):
        last = records.one("SELECT max(id) FROM clients_followup")
        clerk.follow(page.get_by_role("link", name=re.compile(f"^{say('Record a contact')}")))
        page.get_by_label(say("Visit"), exact=True).check()
        page.get_by_label(say("Inbound"), exact=True).check()
        page.locator("[name=topic]").fill(say("Risk assessment"))
        page.locator("[name=summary]").fill(visit)
        page.locator("[name=what]").fill(promise)
        page.locator("[name=due_at]").fill(f"{timezone.localdate() + dt.timedelta(days=1)}T09:30")
        page.locator("[name=owner]").select_option(value=str(manager.user_id))
        clerk.send(page.get_by_role("button", name=say("Write down")))
        expect(clerk.card(say("Promised to this client"))).to_contain_text(manager.name)
        owner = records.line("SELECT owner_id, created_by_id, client_id FROM clients_followup WHERE id > %s", last)
        assert owner == (manager.user_id, clerk.user_id, visitor.pk)

    with manager.step("the manager finds it among his promises and keeps it"):
        manager.sign_in()
        manager.open(say("Promises"))
        line = manager.rows().filter(has_text=promise).filter(has_text=visitor.name)
        expect(line).to_contain_text(clerk.name)
        manager.follow(line.get_by_role("link", name=promise))
        manager.send(manager.page.get_by_role("button", name=say("Kept"), exact=True))
        manager.told(say("Kept."))

    with clerk.step("and the clerk sees that it was kept"):
        page.reload()
        kept = page.locator("#timeline li").filter(has_text=say("Promise kept: %(what)s", what=promise)).first
        expect(kept).to_contain_text(manager.name)


def she_keeps_his_profile(clerk: Morning, visitor: Known) -> None:
    say, page, records, language = clerk.say, clerk.page, clerk.records, clerk.look.language
    stored = "SELECT needs, declared_preference FROM clients_clientwishes WHERE client_id = %s"
    before = next(iter(records.rows(stored, visitor.pk)), ("", ""))
    need = next(text for text in NEED[language] if text != before[0])
    with clerk.step("what he needs is noted as he says it"):
        clerk.follow(page.get_by_role("link", name=say("Preferences and needs"), exact=True))
        page.locator("[name=needs]").fill(need)
        page.locator("[name=declared_preference]").select_option(label=say("Steady"))
        clerk.send(page.get_by_role("button", name=say("Keep the wishes")))
        clerk.told(say("The wishes are kept."))
        assert records.line(stored, visitor.pk) == (need, "steady")

    with clerk.step("a further phone is kept sealed, and finds him"):
        page.locator("[name=phone]").fill(SECOND_PHONE)
        page.locator("[name=remark]").fill(REMARK[language])
        clerk.send(page.get_by_role("button", name=say("Add the number")))
        clerk.told(say("The number is kept."))
        masked = f"{SECOND_PHONE[:3]}****{SECOND_PHONE[-4:]}"
        expect(page.locator(".phone-line").filter(has_text=masked)).to_contain_text(REMARK[language])
        kept = "SELECT phone_masked, position(%s::bytea IN phone_sealed) FROM clients_extraphone WHERE client_id = %s"
        assert records.line(kept, SECOND_PHONE.encode(), visitor.pk) == (masked, 0)
        clerk.picture("clerk-wishes", "zh-hans")
        hits = clerk.search(SECOND_PHONE)
        expect(hits.filter(has_text=grouped(visitor.number))).to_have_count(1)
        page.keyboard.press("Escape")

    with clerk.step("it was misheard: the number is removed, and finds nobody any more"):
        clerk.goto(f"/clients/{visitor.number}/wishes/")
        clerk.send(page.locator(".phone-line").filter(has_text=masked).get_by_role("button", name=say("Remove")))
        clerk.told(say("The number is removed."))
        expect(clerk.search(SECOND_PHONE)).to_have_count(0)
        page.keyboard.press("Escape")


def she_has_his_phone_corrected(clerk: Morning, visitor: Known, director: Morning) -> None:
    say, page, records, language = clerk.say, clerk.page, clerk.records, clerk.look.language
    digest = records.one("SELECT phone_digest FROM clients_client WHERE id = %s", visitor.pk)
    last = records.one("SELECT coalesce(max(id), 0) FROM clients_correction")
    with clerk.step("the phone in the file is wrong: she proposes the right one, and the file waits"):
        clerk.goto(f"/clients/{visitor.number}/profile/")
        clerk.follow(clerk.value_of(say("Phone")).get_by_role("link", name=say("Correct")))
        page.locator("[name=value]").fill(NEW_PHONE)
        page.locator("[name=reason]").fill(PROOF[language])
        clerk.send(page.get_by_role("button", name=say("Propose"), exact=True))
        pk, *made = records.line(
            "SELECT id, client_id, field, state, proposed_by_id FROM clients_correction WHERE id > %s", last
        )
        assert made == [visitor.pk, "phone", "proposed", clerk.user_id]
        assert bytes(records.one("SELECT phone_digest FROM clients_client WHERE id = %s", visitor.pk)) == bytes(digest)
        clerk.goto(f"/corrections/{pk}/")
        expect(page.locator("#decision")).to_have_count(0)  # nobody decides what he proposed

    with director.step("the director of operations reads both numbers in clear, which is put down, and approves"):
        director.sign_in()
        director.follow(director.page.locator(".alert").get_by_role("link", name=say("To the corrections")))
        director.follow(director.rows().filter(has_text=grouped(visitor.number)).locator("[data-row-link]"))
        expect(director.value_of(say("Proposed value"))).to_have_text(NEW_PHONE)
        seen = "SELECT fields, reason FROM crm_readlog WHERE by_id = %s AND kind = 'reveal' ORDER BY id DESC LIMIT 1"
        assert records.line(seen, director.user_id) == ("phone", "correction")
        director.page.get_by_label(say("Note")).fill(NOTE[language])
        director.picture("director-correction", "en")
        director.send(director.page.get_by_role("button", name=say("Approve", "correction"), exact=True))
        state = records.line("SELECT state, decided_by_id, decision_note FROM clients_correction WHERE id = %s", pk)
        assert state == ("approved", director.user_id, NOTE[language])

    with clerk.step("the clerk is told; the client comes back with the old number, and she takes it back"):
        clerk.goto("/notices/")
        with page.expect_navigation():
            page.locator(".notice-new").filter(has_text=visitor.number).first.locator("[data-row-link]").click()
        expect(page.locator(".page-head .badge")).to_have_text(say("Approved, not yet sent"))
        clerk.send(page.get_by_role("button", name=say("Take back")))
        expect(page.locator(".page-head .badge")).to_have_text(say("Withdrawn"))
        assert records.one("SELECT state FROM clients_correction WHERE id = %s", pk) == "withdrawn"
