"""Versions of the policy: what they say, where they differ, and who may do what with them."""

from __future__ import annotations

import datetime as dt
import html
import json
import re

import pytest
import time_machine
from django.utils import translation

from clients.segmentation import rules
from clients.segmentation.choices import PolicyState
from clients.segmentation.models import Policy
from clients.segmentation.numbers import NUMBERS, in_words
from clients.segmentation.proposals import approve_policy, refuse_policy
from tests.clients.desk.helpers import browser_of, get, make_run
from tests.clients.segmentation.pages.firm import (
    MORNING,
    NIGHT,
    SCOPES,
    TODAY,
    Firm,
    moved,
    proposed,
    reader,
)
from tests.clients.segmentation.pages.reading import grows, headings, is_chinese, table, text
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

LIST = "/segmentation/policies/"
MOST_QUERIES = 16
APPROVE = {"verb": "approve"}


def url(policy: Policy | int) -> str:
    return f"{LIST}{policy if isinstance(policy, int) else policy.version}/"


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        waiting = proposed()
        assert {get(None, address).status_code for address in (LIST, url(1))} == {302}
        assert browser_of(None).post(f"{url(waiting)}decide/", APPROVE).status_code == 302
        waiting.refresh_from_db()
        assert waiting.state == PolicyState.PROPOSED

    @pytest.mark.parametrize("role", ["customer_manager", "callback_clerk", "administrator"])
    def test_without_the_permission_the_refusal_says_why(self, role: str) -> None:
        for address in (LIST, url(1)):
            response = get(person(role), address)
            assert response.status_code == 403
            assert "See segmentation: composition, runs, policies" in response.content.decode()

    def test_only_reading_and_deciding_only_by_post(self) -> None:
        browser = browser_of(person("compliance"))
        assert {browser.post(address).status_code for address in (LIST, url(1))} == {405}
        assert browser.get(f"{url(1)}decide/").status_code == 405

    @pytest.mark.parametrize("version", ["0", "2", "99999999999999999999"])
    def test_an_unknown_version_is_not_found(self, version: str) -> None:
        browser = browser_of(person("compliance"))
        assert browser.get(f"{LIST}{version}/").status_code == 404
        assert browser.post(f"{LIST}{version}/decide/", APPROVE).status_code == 404

    @pytest.mark.parametrize(
        ("role", "tries", "proposes", "decides"),
        [
            ("sales_trading_hq", True, True, True),
            ("compliance", True, False, True),
            ("auditor", False, False, False),
            ("general_manager", False, False, False),
        ],
    )
    def test_each_is_offered_what_he_may(self, role: str, tries: bool, proposes: bool, decides: bool) -> None:
        waiting = proposed()
        page = text(get(person(role), url(waiting)))
        assert (f"{url(waiting)}trial/" in page) is tries
        assert (f"{LIST}new/" in page) is proposes
        assert (f"{url(waiting)}decide/" in page) is decides
        assert (f"{LIST}new/" in text(get(person(role), LIST))) is proposes


class TestList:
    def test_every_version_with_its_state_its_changes_and_its_people(self) -> None:
        officer = person("compliance", name="陆为")
        refused, waiting = proposed(new={"days": 45}), proposed(order=["core", "new"])
        coming = proposed(on=TODAY + dt.timedelta(days=3), new={"days": 60}, core={"min_tier": "gold"}, window_months=6)
        refuse_policy(policy=refused, by=officer, note="No.")
        approve_policy(policy=coming, by=officer)

        response = get(person("auditor"), LIST)

        rows = {row[0]: [cell.replace(":", "") for cell in row] for row in table(response, "Version")}
        assert list(rows) == ["4", "3", "2", "1"]
        assert [rows[version][2] for version in rows] == ["Approved", "Waiting for approval", "Refused", "In force"]
        assert rows["1"][4] == "the first version"
        assert rows["2"][4] == "New clients · New for 30 days → 45 days"
        # A refused version is not what the next one is compared with.
        assert rows["3"][4] == "Order of the groups · First match decides"
        assert rows["4"][4].endswith("New clients · New for 30 days → 60 days and 2 more")
        assert rows["2"][5].startswith("钱程")
        assert rows["2"][6].startswith("陆为")
        assert rows["3"][6] == "–"
        page = text(response)
        assert f"Version {waiting.version} “More gold” waits for a decision." in page
        assert page.count("waits for a decision.") == 1

    def test_from_its_day_on_the_approved_version_is_in_force(self) -> None:
        coming = proposed(on=TODAY + dt.timedelta(days=1))
        approve_policy(policy=coming, by=person("compliance"))
        for days, states in ((0, ["Approved", "In force"]), (1, ["In force", "Replaced"])):
            with time_machine.travel(MORNING + dt.timedelta(days=days), tick=False):
                assert [row[2] for row in table(get(person("auditor"), LIST), "Version")] == states

    @pytest.mark.parametrize("query", ["?sort=name", "?at=x", "?sort=-"])
    def test_what_is_wrong_in_the_address_is_said(self, query: str) -> None:
        assert len(get(person("compliance"), f"{LIST}{query}").context["page"].problems) == 1

    def test_what_waits_leads_there_from_home(self) -> None:
        waiting, officer = proposed(), person("compliance")
        assert waiting.pk != waiting.version  # else the address would fit by chance
        (notice,) = [one for one in get(officer, "/").context["home"].notices if "waits" in one.text]
        assert get(officer, notice.url).context["policy"] == waiting

    def test_queries_do_not_grow_with_the_versions(self) -> None:
        def more() -> None:
            officer = person("compliance")
            for n in range(12):
                policy = proposed(new={"days": n + 1}, core={"commission_top": 0.2})
                if n % 3:
                    (approve_policy if n % 3 == 1 else refuse_policy)(policy=policy, by=officer, note="So.")

        proposed()
        before, after = grows(browser_of(person("sales_trading_hq")), LIST, more)
        assert before == after <= MOST_QUERIES


class TestVersion:
    def test_every_rule_in_words_and_the_same_as_json(self) -> None:
        policy = proposed(tiers={"gold": 900_000}, movement={"share": 0.25}, core={"min_tier": "gold"})
        page = text(get(person("auditor"), url(policy)))
        for number in NUMBERS:
            value, default = number.of(policy.rules), number.of(rules.complete(rules.Rules()))
            beside = "default" if value == default else f"default {in_words(number, default)}"
            row = f'<th scope="row">{html.escape(str(number.label))}</th>'
            told = " ".join(re.sub("<[^>]+>", " ", page.split(row, 1)[1].split("</tr>", 1)[0]).split())
            assert told == f"{in_words(number, value)} {beside}"
        shown = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
        assert shown is not None
        assert json.loads(html.unescape(shown[1])) == policy.rules

    def test_who_proposed_who_decided_and_from_when(self) -> None:
        policy = proposed(on=TODAY + dt.timedelta(days=3))
        approve_policy(policy=policy, by=person("compliance", name="陆为"), note="Fine.")
        assert [value for _word, value in get(person("auditor"), url(policy)).context["facts"]] == [
            "More gold", "2026-11-24", "钱程", "2026-11-21 09:00", "The branches asked for it.",
            "陆为", "2026-11-21 09:00", "Fine.",
        ]  # fmt: skip

    def test_it_is_tried_as_of_today_unless_another_day_is_typed(self) -> None:
        assert 'value="2026-11-21"' in text(get(person("compliance"), url(1)))

    def test_a_proposal_is_compared_with_what_is_in_force_or_with_any_other(self) -> None:
        first, second = proposed(), proposed(new={"days": 60})
        browser = browser_of(person("compliance"))
        assert table(browser.get(url(second)), "Rule") == [["New clients · New for", "30 days", "60 days"]]
        other = browser.get(url(second), {"with": first.version})
        assert table(other, "Rule") == [
            ["Card tiers · Gold card from", "900,000 yuan", "1,000,000 yuan"],
            ["New clients · New for", "30 days", "60 days"],
        ]
        assert headings(other)[:3] == ["Rule", "Version 2", "Version 3"]

    @pytest.mark.parametrize("other", ["x", "-1", "0", "3", "99", "999999999999", "²", "\0"])
    def test_a_comparison_with_what_is_no_other_version_is_the_usual_one(self, other: str) -> None:
        proposed(), proposed()
        response = get(person("compliance"), f"{url(3)}?with={other}")
        assert response.context["other"].version == 1

    @pytest.mark.parametrize("role", SCOPES)
    def test_the_runs_that_used_it_count_the_readers_clients(self, firm: Firm, role: str) -> None:
        rows = get(reader(firm, role), url(1)).context["runs"]
        assert [(row.run, row.changed) for row in rows] == [
            (firm.night, len(moved(SCOPES[role]))),
            (firm.base, len(firm.results(firm.base.as_of, SCOPES[role]))),
        ]
        assert f"{len(moved(SCOPES[role]))} clients moved" in text(get(reader(firm, role), url(1)))

    def test_queries_do_not_grow_with_runs_and_versions(self, firm: Firm) -> None:
        def more() -> None:
            for n in range(2, 12):
                proposed()
                make_run(NIGHT - dt.timedelta(days=n), by=person("operations_centre"))

        proposed()
        before, after = grows(browser_of(reader(firm, "region_head")), url(1), more)
        assert before == after <= MOST_QUERIES

    def test_markup_in_what_people_wrote_is_text(self) -> None:
        evil = "<img src=x onerror=alert(1)>"
        policy = proposed()
        Policy.objects.filter(pk=policy.pk).update(name=evil, note=evil)
        for address in (LIST, url(policy), url(1)):
            assert "<img src=x" not in text(get(person("compliance"), address))

    def test_in_chinese_every_rule_is(self) -> None:
        policy = proposed()
        for address in (LIST, url(policy)):
            assert [one for one in headings(get(person("compliance"), address, "zh-hans")) if not is_chinese(one)] == []
        with translation.override("zh-hans"):
            told = [in_words(number, number.of(policy.rules)) for number in NUMBERS]
        assert all(words in text(get(person("compliance"), url(policy), "zh-hans")) for words in told)
