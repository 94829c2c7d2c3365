"""A customer manager's morning: what the night changed, a client who calls, a promise made and kept, a tag for many."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.mornings.conftest import Begin
from tests.e2e.mornings.morning import Morning, grouped, number_in
from tests.e2e.mornings.records import Records

pytestmark = pytest.mark.e2e

MANAGER = "1307"  # of the branch in Shanghai, whose clients no other browser test changes
CLEAR_PHONE = re.compile(r"1\d{10}")
TAG = "可转债打新"  # in use, and on nobody
VIEW = {"zh-hans": "本周重点联系", "en": "To call this week"}
SUMMARY = {"zh-hans": "客户来电询问新股中签后的缴款时间。", "en": "Asked until when a won new issue must be paid."}
PROMISE = {"zh-hans": "整理缴款流程发给客户并回电", "en": "Send the steps of payment and call back"}
RESULT = {"zh-hans": "已回电，客户已按时缴款。", "en": "Called back; the client has paid in time."}
HOURS = {
    "zh-hans": ("工作日 15:30 之后", "上午 10 点前"),
    "en": ("Working days after 15:30", "Before 10 a.m."),
}

# Somebody whom his initials find alone, who has told us of nothing he does not want.
CALLER = """
SELECT c.id, c.client_no, c.name, c.name_initials[1] FROM clients_client AS c
LEFT JOIN clients_clientwishes AS w ON w.client_id = c.id
WHERE c.manager_id = %s AND c.kind = 'individual' AND c.status = 'active' AND c.phone_masked LIKE '1__****____'
  AND length(c.name_initials[1]) = 3 AND coalesce(w.opt_outs, '{}') = '{}'
  AND NOT EXISTS (SELECT FROM clients_client AS o
                  WHERE o.branch_id = c.branch_id AND o.id <> c.id AND o.name_initials && c.name_initials)
ORDER BY c.client_no LIMIT 1"""
# More than a page of them: own clients and those of whom he stands in for today.
INVESTORS = """
SELECT count(*) FROM clients_standing AS s
WHERE s.status <> 'closed' AND s.style = 'investor' AND (s.manager_id = %s OR s.manager_id IN (
    SELECT absent_id FROM crm_standin
    WHERE deputy_id = %s AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN starts_on AND ends_on))"""
READS = """
SELECT fields FROM crm_readlog WHERE id > %s AND by_id = %s AND kind = 'page' AND subject_no = %s ORDER BY id"""
VIEWS = "SELECT query, unit_id FROM crm_savedview WHERE owner_id = %s AND name = %s"
TAGGED = """
SELECT count(*) FROM clients_clienttag AS p JOIN clients_tag AS t ON t.id = p.tag_id
WHERE p.by_id = %s AND t.name = %s"""


class Caller(NamedTuple):
    pk: int
    number: str
    name: str
    initials: str


def test_a_customer_managers_morning(begin: Begin, records: Records) -> None:
    manager = begin(MANAGER)
    caller = Caller(*records.line(CALLER, manager.user_id))
    he_arrives(manager)
    he_looks_at_the_night(manager)
    phone = he_finds_who_is_meant(manager, caller)
    he_answers_a_call(manager, caller, phone)
    he_keeps_his_promise(manager, caller)
    he_notes_what_the_client_wishes(manager, caller)
    he_keeps_a_view_and_tags_all_in_it(manager)


def he_arrives(manager: Morning) -> None:
    say = manager.say
    with manager.step("he signs in and is led to what is his work alone"):
        manager.sign_in()
        shown = manager.navigation()
        assert {say("Clients"), say("Promises"), say("Who is calling")} <= set(shown)
        assert not {say("Exports"), say("Corrections"), say("Hand-overs"), say("Read log")} & set(shown)
        for refused in ("/exports/", "/handovers/", "/oversight/reads/"):
            assert manager.page.request.get(refused).status == 403


def he_looks_at_the_night(manager: Morning) -> None:
    say, page, records = manager.say, manager.page, manager.records
    with manager.step("a figure of the night leads to just those clients, and the run says the same"):
        night = page.locator("section[aria-labelledby=overnight-title]")
        counts = [number_in(text) for text in night.locator("a.stat .stat-value").all_inner_texts()]
        place = next(index for index, count in enumerate(counts) if count)
        manager.picture("manager-home", "zh-hans")
        manager.follow(night.locator("a.stat").nth(place))
        expect(manager.heading).to_have_text(say("Overnight"))
        assert place == len(counts) - 1 or manager.counted() == counts[place]
        expect(manager.rows()).to_have_count(min(manager.counted(), 50))
        numbers = [text.replace(" ", "") for text in manager.rows().locator("[data-row-link]").all_inner_texts()]
        changed = records.one(
            """SELECT count(DISTINCT c.client_no) FROM clients_segmentchange AS s JOIN clients_client AS c
               ON c.id = s.client_id WHERE c.client_no = ANY (%s)
               AND s.run_id = (SELECT max(run_id) FROM clients_segmentchange)""",
            numbers,
        )
        assert changed == len(numbers)

    with manager.step("the client opens with the reason why he stands where he stands, and that is put down"):
        last = records.one("SELECT max(id) FROM crm_readlog")
        manager.follow(manager.rows().first.locator("[data-row-link]"))
        expect(page.locator(".client-head")).to_contain_text(grouped(numbers[0]))
        manager.follow(page.locator(".client-why").get_by_role("link", name=say("Calculation")))
        expect(page.locator("tbody.rule-holds .rule-met", has_text=say("yes")).first).to_be_visible()
        seen = records.rows(
            READS,
            last,
            manager.user_id,
            numbers[0],
        )
        assert seen == [("overview",), ("why",)]


def he_finds_who_is_meant(manager: Morning, caller: Caller) -> str:
    """The client's phone number, which his manager sees in clear."""
    page = manager.page
    with manager.step("three letters of a name find the client"):
        hits = manager.search(caller.initials)
        expect(hits.filter(has_text=caller.name)).to_have_count(1)
        manager.follow(hits.filter(has_text=caller.name))
        expect(manager.heading).to_have_text(caller.name)
        found = CLEAR_PHONE.search(page.locator(".client-contact").inner_text())
        assert found is not None

    with manager.step("so do the last four digits of his phone"):
        hits = manager.search(found[0][-4:])
        expect(hits.filter(has_text=grouped(caller.number))).to_have_count(1)
        page.keyboard.press("Escape")
    return found[0]


def he_answers_a_call(manager: Morning, caller: Caller, phone: str) -> None:
    say, page, records, language = manager.say, manager.page, manager.records, manager.look.language
    with manager.step("the telephone rings: the number on its display finds the card, and the card the page"):
        manager.open(say("Who is calling"))
        page.get_by_label(say("Client number, phone or ID number, in full")).fill(phone)
        manager.send(page.get_by_role("button", name=say("Look up")))
        card = manager.card_of(caller.number)
        expect(card).to_contain_text(manager.name)
        manager.follow(card.get_by_role("link", name=say("To the client's page")))
        expect(manager.heading).to_have_text(caller.name)

    with manager.step("he writes down the call and what he promised in it"):
        last = records.one("SELECT max(id) FROM clients_followup")
        manager.follow(page.get_by_role("link", name=re.compile(f"^{say('Record a contact')}")))
        page.get_by_label(say("Inbound"), exact=True).check()
        page.locator("[name=topic]").fill(say("New issues"))
        page.locator("[name=summary]").fill(SUMMARY[language])
        page.locator("[name=what]").fill(PROMISE[language])
        page.locator("[name=due_at]").fill(f"{timezone.localdate() + dt.timedelta(days=1)}T10:00")
        manager.picture("manager-contact", "en")
        manager.send(page.get_by_role("button", name=say("Write down")))
        manager.told(say("The contact is written down."))
        expect(manager.card(say("Promised to this client"))).to_contain_text(PROMISE[language])
        expect(page.locator("#timeline li").filter(has_text=SUMMARY[language]).first).to_contain_text(say("Inbound"))
        written = records.line(
            """SELECT r.channel, r.direction, r.source, r.staff_id, r.client_id, p.owner_id, p.state
               FROM clients_followup AS p JOIN clients_servicerecord AS r ON r.id = p.record_id WHERE p.id > %s""",
            last,
        )
        assert written == ("phone", "inbound", "staff", manager.user_id, caller.pk, manager.user_id, "open")


def he_keeps_his_promise(manager: Morning, caller: Caller) -> None:
    say, page, records, language = manager.say, manager.page, manager.records, manager.look.language
    with manager.step("the promise waits among his own, and ends with what came of it"):
        manager.open(say("Promises"))
        manager.choose(say("Due", "promise"), say("Later"))
        manager.follow(manager.rows().filter(has_text=caller.name).get_by_role("link", name=PROMISE[language]))
        page.get_by_label(say("What came of it")).fill(RESULT[language])
        manager.send(page.get_by_role("button", name=say("Kept"), exact=True))
        manager.told(say("Kept."))
        ended = records.one("SELECT max(id) FROM clients_followup WHERE client_id = %s", caller.pk)
        line = records.line("SELECT state, ended_by_id, result FROM clients_followup WHERE id = %s", ended)
        assert line == ("done", manager.user_id, RESULT[language])

    with manager.step("the client's timeline tells it, and nothing is owed any more"):
        manager.goto(f"/clients/{caller.number}/")
        said = say("Promise kept: %(what)s", what=PROMISE[language])
        expect(page.locator("#timeline li").filter(has_text=said).first).to_contain_text(RESULT[language])
        expect(page.locator(".owed").filter(has_text=PROMISE[language])).to_have_count(0)


def he_notes_what_the_client_wishes(manager: Morning, caller: Caller) -> None:
    say, page, records = manager.say, manager.page, manager.records
    kept = "SELECT preferred_hours, opt_outs, version FROM clients_clientwishes WHERE client_id = %s"
    before = next(iter(records.rows(kept, caller.pk)), ("", [], 0))
    hours = next(text for text in HOURS[manager.look.language] if text != before[0])
    with manager.step("he notes when the client likes to be called, and that he wants no SMS"):
        manager.follow(page.get_by_role("link", name=say("Preferences and needs"), exact=True))
        page.locator("[name=preferred_hours]").fill(hours)
        page.get_by_label(say("No SMS"), exact=True).check()
        manager.send(page.get_by_role("button", name=say("Keep the wishes")))
        manager.told(say("The wishes are kept."))
        assert records.line(kept, caller.pk) == (hours, ["sms"], before[2] + 1)

    with manager.step("from then on no SMS can be sent to him, and the history says who noted it"):
        manager.follow(page.get_by_role("link", name=say("Send a message"), exact=True))
        by_sms = page.locator(".message-offer", has=page.get_by_text(say("SMS"), exact=True))
        assert by_sms.count() > 0
        expect(by_sms.locator("input:enabled")).to_have_count(0)
        manager.follow(page.get_by_role("link", name=say("History"), exact=True))
        changes = manager.card(say("Changes of data")).locator("tbody tr")
        expect(changes.filter(has_text=hours).first).to_contain_text(manager.name)

    with manager.step("the client changes his mind: SMS are welcome again"):
        manager.follow(page.get_by_role("link", name=say("Preferences and needs"), exact=True))
        page.get_by_label(say("No SMS"), exact=True).uncheck()
        manager.send(page.get_by_role("button", name=say("Keep the wishes")))
        assert records.line(kept, caller.pk) == (hours, [], before[2] + 2)


def he_keeps_a_view_and_tags_all_in_it(manager: Morning) -> None:
    say, page, records = manager.say, manager.page, manager.records
    expected = records.one(INVESTORS, manager.user_id, manager.user_id)
    name = VIEW[manager.look.language]
    with manager.step("he narrows the list to the investors and keeps it as a view"):
        manager.open(say("Clients"))
        manager.choose(say("Style"), say("Investor"))
        expect(page).to_have_url(re.compile("style=investor"))
        assert manager.counted() == expected
        box = manager.unfold(say("Save as a view"))
        box.get_by_label(say("Name", "view")).fill(name)
        manager.send(box.get_by_role("button", name=say("Save"), exact=True))
        manager.told(say("The view “%(name)s” was saved.", name=name))
        view = records.line(VIEWS, manager.user_id, name)
        assert view == ("style=investor", None)

    with manager.step("all that match, not only the page, are offered and counted in words"):
        manager.rows().first.locator("[data-pick]").check()
        page.get_by_role("button", name=say("Select all %(n)s that match", n=f"{expected:,}")).click()
        expect(page.locator("[data-bulk]")).to_contain_text(say("All %(n)s that match are selected", n=f"{expected:,}"))
        manager.picture("manager-bulk", "zh-hans")
        manager.follow(page.locator("[data-bulk] [name=verb][value=tag]"))
        question = say.many("Put a tag on %(n)s client", "Put a tag on %(n)s clients", expected)
        expect(manager.heading).to_have_text(question)
        page.get_by_label(say("Tag"), exact=True).select_option(label=TAG)
        manager.send(page.locator(".content").get_by_role("button", name=question))
        manager.wait_for_job(manager.card(say("What came of it")))
        expect(manager.value_of(say("Done"))).to_have_text(f"{expected:,}")
        assert records.one(TAGGED, manager.user_id, TAG) == expected
        manager.follow(page.get_by_role("link", name=say("Clients with this tag")))
        assert manager.counted() == expected

    with manager.step("it was the wrong tag: exactly those are taken back"):
        page.go_back()
        undo = say.many("Undo for %(n)s client", "Undo for %(n)s clients", expected)
        manager.send(page.get_by_role("button", name=undo))
        manager.wait_for_job(manager.card(say("What came of it")))
        expect(manager.value_of(say("Done"))).to_have_text(f"{expected:,}")
        assert records.one(TAGGED, manager.user_id, TAG) == 0

    with manager.step("the view opens again from its tab, and is then put away"):
        manager.open(say("Clients"))
        manager.follow(page.get_by_role("navigation", name=say("Saved views")).get_by_role("link", name=name))
        assert manager.counted() == expected
        box = manager.unfold(say("This view"))
        manager.send(box.get_by_role("button", name=say("Delete"), exact=True))
        manager.told(say("The view “%(name)s” was deleted.", name=name))
        assert records.one("SELECT count(*) FROM crm_savedview WHERE owner_id = %s", manager.user_id) == 0
