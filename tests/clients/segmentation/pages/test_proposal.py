"""The proposal of a version: number by number or as JSON, refused where it is wrong, tried before it is put forward."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clients.segmentation import rules
from clients.segmentation.choices import PolicyState
from clients.segmentation.forms import initial_numbers
from clients.segmentation.models import Policy
from clients.segmentation.numbers import NUMBERS
from clients.segmentation.proposals import approve_policy, propose_policy
from clients.segmentation.selectors import current_run
from clients.segmentation.trials import TRIAL_JOB
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import MORNING, NIGHT, TODAY, Firm, found, proposed
from tests.clients.segmentation.pages.reading import grows, is_chinese, tables, text, words
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

URL = "/segmentation/policies/new/"
AS_JSON = f"{URL}?as=json"
DEFAULTS = rules.complete(rules.Rules())
HEAD = {"name": "More gold", "effective_on": "2026-11-22", "note": "The branches asked for it.", "do": "propose"}
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{URL}"}
MOST_QUERIES = 14
MOST_QUERIES_OF_TRYING = 20
TIERS = ["diamond", "platinum", "gold", "silver"]


def typed(**changes: str) -> dict[str, str]:
    """The form as sent, of the defaults but for `changes`."""
    return HEAD | initial_numbers(DEFAULTS) | changes


def only() -> Policy:
    """The one version that was put forward."""
    return Policy.objects.get(version__gt=1)


def errors(response: Any) -> dict[str, str]:
    """What the form says, by field; nothing was made of it."""
    assert response.status_code == 200
    assert Policy.objects.count() == 1
    assert not Job.objects.exists()
    form = response.context["form"]
    assert all(
        str(error) in response.content.decode().replace("&#x27;", "'") for e in form.errors.values() for error in e
    )
    return {name: str(found[0]) for name, found in form.errors.items()}


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert get(None, URL).status_code == 302
        assert browser_of(None).post(URL, typed()).status_code == 302
        assert Policy.objects.count() == 1

    @pytest.mark.parametrize(
        "role", ["compliance", "auditor", "operations_centre", "general_manager", "customer_manager"]
    )
    def test_who_may_not_is_told_who_may(self, role: str) -> None:
        browser = browser_of(person(role))
        for response in (browser.get(URL), browser.post(URL, typed()), browser.post(URL, typed(do="try"))):
            assert response.status_code == 403
            assert "these roles hold" in response.content.decode()
        assert Policy.objects.count() == 1
        assert not Job.objects.exists()

    def test_the_service_refuses_too(self) -> None:
        with pytest.raises(PermissionDenied, match="Propose a policy"):
            propose_policy(name="x", rules_given={}, effective_on=TODAY, note="y", by=person("compliance"))

    def test_not_by_other_methods(self, browser: Browser) -> None:
        assert browser.put(URL).status_code == 405


class TestBegin:
    def begun(self, browser: Browser, query: str = "") -> dict[str, str]:
        form = browser.get(f"{URL}{query}").context["form"]
        return {number.name: form[number.name].value() for number in NUMBERS}

    def test_it_begins_with_what_is_in_force_or_a_known_version(self, browser: Browser) -> None:
        waiting = proposed(tiers={"gold": 900_000}, movement={"share": 0.25})
        assert self.begun(browser)["tiers__gold"] == "1,000,000"
        other = self.begun(browser, f"?from={waiting.version}")
        assert (other["tiers__gold"], other["movement__share"], other["new__days"]) == ("900,000", "25", "30")
        approve_policy(policy=waiting, by=person("compliance"))
        assert self.begun(browser)["tiers__gold"] == "900,000"
        page = text(browser.get(URL))
        assert "in force 900,000 yuan" in page
        assert "Default 1,000,000 yuan" in page

    @pytest.mark.parametrize("version", ["x", "99", "-1", "²", "99999999999", "\0", ""])
    def test_an_unknown_version_is_the_one_in_force(self, browser: Browser, version: str) -> None:
        assert self.begun(browser, f"?from={version}") == self.begun(browser)

    def test_the_json_is_complete(self, browser: Browser) -> None:
        assert json.loads(browser.get(AS_JSON).context["form"]["rules_json"].value()) == DEFAULTS

    def test_tomorrow_is_proposed_and_today_tried(self, browser: Browser) -> None:
        form = browser.get(URL).context["form"]
        assert (form["effective_on"].value(), form["try_on"].value()) == (TODAY + dt.timedelta(days=1), TODAY)

    def test_after_a_run_its_day_is_tried(self, browser: Browser, firm: Firm) -> None:
        """Only the values shall differ from the standings beside which the trial is read, not the day."""
        run = current_run()
        assert run is not None
        assert browser.get(URL).context["form"]["try_on"].value() == run.as_of < TODAY
        proposal = proposed(tiers={"gold": 900_000})
        page = browser.get(f"/segmentation/policies/{proposal.version}/")
        assert page.context["trial_form"]["as_of"].value() == run.as_of


class TestPropose:
    def test_exactly_what_was_typed_waits_for_somebody_else(self, browser: Browser, author: User) -> None:
        changes = {"tiers__gold": "90万", "movement__share": "35%", "order_1": "core", "order_4": "dormant"}

        response = browser.post(URL, typed(**changes), follow=True)

        made = only()
        assert response.redirect_chain == [(f"/segmentation/policies/{made.version}/", 302)]
        assert [str(message) for message in response.context["messages"]] == [
            "Version 2 is put forward. Somebody else must approve it before any night uses it."
        ]
        wanted = {
            **DEFAULTS,
            "tiers": DEFAULTS["tiers"] | {"gold": 900_000},
            "movement": DEFAULTS["movement"] | {"share": 0.35},
            "order": ["core", "movement", "new", "dormant", "at_risk", "no_trade"],
        }
        assert made.rules == wanted
        assert (made.state, made.proposed_by, made.decided_by) == (PolicyState.PROPOSED, author, None)
        assert (made.name, made.note, f"{made.effective_on}") == (HEAD["name"], HEAD["note"], "2026-11-22")

    def test_a_change_of_a_used_version_is_a_new_one(self, firm: Firm, browser: Browser) -> None:
        before = Policy.objects.values().get(version=1)
        browser.post(f"{URL}?from=1", typed(new__days="45"))
        assert only().rules == DEFAULTS | {"new": {"days": 45}}
        assert Policy.objects.values().get(version=1) == before

    def test_as_json_what_is_left_out_takes_its_default(self, browser: Browser) -> None:
        browser.post(AS_JSON, HEAD | {"rules_json": '{"tiers": {"gold": 900000}, "order": ["core"]}'})
        assert only().rules == DEFAULTS | {"tiers": DEFAULTS["tiers"] | {"gold": 900_000}, "order": ["core"]}

    def test_a_key_that_is_no_field_changes_nothing(self, browser: Browser) -> None:
        browser.post(URL, typed(speed="1", tiers__copper="5", state="approved", decided_by="1", version="77"))
        assert (only().rules, only().state, only().version) == (DEFAULTS, PolicyState.PROPOSED, 2)


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"tiers__gold": "5,000,000"}, ["tiers__gold", "tiers__platinum"]),
            ({"tiers__silver": "1e9"}, ["tiers__silver", "tiers__gold"]),
            ({"movement__flow": "0"}, ["movement__flow"]),
            ({"core__commission_top": "101"}, ["core__commission_top"]),
            ({"window_months": ""}, ["window_months"]),
            ({"window_months": "NaN"}, ["window_months"]),
            ({"new__days": "9" * 400}, ["new__days"]),
            ({"core__min_tier": "copper"}, ["core__min_tier"]),
            ({"order_2": "dormant"}, ["order_2"]),
            ({"order_2": "general"}, ["order_2"]),
            ({"name": ""}, ["name"]),
            ({"name": "x" * 101}, ["name"]),
            ({"name": "a\0b"}, ["name"]),
            ({"note": "  "}, ["note"]),
            ({"effective_on": "2026-11-20"}, ["effective_on"]),
            ({"effective_on": "2026-02-30"}, ["effective_on"]),
            ({"try_on": "2099-01-01"}, ["try_on"]),
        ],
    )
    def test_a_wrong_number_is_said_at_its_field_and_nothing_typed_is_lost(
        self, browser: Browser, changes: dict[str, str], fields: list[str]
    ) -> None:
        response = browser.post(URL, typed(**changes))
        assert sorted(errors(response)) == sorted(fields)
        form = response.context["form"]
        assert {name: form[name].value() for name in changes} == changes
        assert form["note"].value() == changes.get("note", HEAD["note"])

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ('{"speed": 1}', "Unknown key “speed”"),
            ('{"movement": {"speed": 1}}', "Unknown key “movement.speed”"),
            ('{"tiers": {"gold": 5000000}}', "“tiers.gold” is above “tiers.platinum”"),
            ('{"order": ["core", "core"]}', "names a group twice: core"),
            ('{"order": ["vip"]}', "names an unknown group: vip"),
            ('{"new": {"days": 1, "days": 2}}', "“days” is given twice"),
            ('{"new": {"days": NaN}}', "not a number"),
            ("[1]", "must be a JSON object"),
            ("{", "not a JSON document"),
            ("[" * 5000, "not a JSON document"),
            ("", "required"),
            ("x" * 20001, "at most 20000"),
        ],
    )
    def test_json_that_is_no_policy_is_said_at_its_field(self, browser: Browser, given: str, words: str) -> None:
        response = browser.post(AS_JSON, HEAD | {"rules_json": given})
        found = errors(response)
        assert list(found) == ["rules_json"]
        assert words in found["rules_json"]
        assert response.context["form"]["rules_json"].value() == given

    def test_nothing_at_all(self, browser: Browser) -> None:
        assert set(errors(browser.post(URL, {}))) >= {"name", "effective_on", "note", *(one.name for one in NUMBERS)}

    def test_the_day_may_pass_while_somebody_types(self, author: User) -> None:
        with time_machine.travel(MORNING + dt.timedelta(days=3), tick=False):
            assert list(errors(browser_of(author).post(URL, typed()))) == ["effective_on"]

    def test_htmx_shows_the_form_from_its_top(self, browser: Browser) -> None:
        response = browser.post(URL, typed(new__days="x", do="try"), headers=HTMX)
        assert response["HX-Reswap"] == "outerHTML show:window:top"
        assert (response["HX-Retarget"], response["HX-Reselect"]) == ("#proposal", "#proposal")
        assert list(errors(response)) == ["new__days"]


class TestTry:
    def test_the_typed_numbers_are_tried_and_nothing_is_put_forward(
        self, firm: Firm, browser: Browser, author: User
    ) -> None:
        given = typed(tiers__gold="150,000", do="try", name="", note="", effective_on="", try_on="2026-11-21")

        response = browser.post(URL, given)

        assert Policy.objects.count() == 1
        job = Job.objects.get(kind=TRIAL_JOB)
        assert job.requested_by == author
        assert job.params == {
            "as_of": "2026-11-21",
            "rules": DEFAULTS | {"tiers": DEFAULTS["tiers"] | {"gold": 150_000}},
        }
        assert f"/segmentation/policies/trials/{job.pk}/" in text(response)
        assert response.context["form"]["tiers__gold"].value() == "150,000"
        jobs.run(job.pk)
        tried = browser.get(f"/segmentation/policies/trials/{job.pk}/panel/").context["trial"]
        gold = sum(one.tier == "gold" for one in found(TODAY, gold=150_000).values())
        assert tried.summary["tier"]["gold"] == gold

    def test_as_json_too(self, firm: Firm, browser: Browser) -> None:
        browser.post(AS_JSON, {"do": "try", "rules_json": '{"order": ["core"]}'})
        assert Job.objects.get().params == {"as_of": "2026-11-21", "rules": DEFAULTS | {"order": ["core"]}}

    @pytest.mark.parametrize(
        "changes", [{"try_on": "2026-11-22"}, {"try_on": "0001-01-01"}, {"tiers__gold": "5,000,000"}]
    )
    def test_what_cannot_be_tried_is_said(self, browser: Browser, changes: dict[str, str]) -> None:
        assert set(changes) <= set(errors(browser.post(URL, typed(do="try", **changes))))


class TestBeside:
    """The panel of the trial beside the form, as htmx asks for it."""

    def asked(self, browser: Browser, **changes: str) -> Any:
        return browser.post(URL, typed(do="try", **changes), headers=HTMX)

    def test_the_answer_is_the_panel_alone_and_the_form_stays_as_it_is(self, firm: Firm, browser: Browser) -> None:
        page = text(self.asked(browser, tiers__gold="150,000"))
        job = Job.objects.get()
        assert page.lstrip().startswith('<div id="trial"')
        assert f'hx-get="/segmentation/policies/trials/{job.pk}/panel/"' in page
        assert "data-tried-differs hidden" in page
        assert "<form id" not in page

    def test_once_it_is_right_the_form_no_longer_says_what_was_wrong(self, firm: Firm, browser: Browser) -> None:
        wrong = self.asked(browser, tiers__gold="5,000,000")
        assert set(errors(wrong)) == {"tiers__gold", "tiers__platinum"}
        assert 'name="was_wrong" value="yes"' in text(wrong)
        page = text(self.asked(browser, tiers__gold="150,000", was_wrong="yes"))
        assert 'hx-swap-oob="outerHTML"' in page
        assert 'value="150,000"' in page
        assert "field-error" not in page
        assert "was_wrong" not in page

    def test_what_it_found_stands_in_short(self, firm: Firm, browser: Browser) -> None:
        self.asked(browser, tiers__gold="150,000", try_on="2026-11-21")
        job = Job.objects.get()
        jobs.run(job.pk)
        response = browser.get(f"/segmentation/policies/trials/{job.pk}/panel/", headers=HTMX)
        before = Counter(one.tier for one in found(NIGHT).values())
        after = Counter(one.tier for one in found(TODAY, gold=150_000).values())
        lines = {row[0]: row[1:3] for row in tables(response)[0]}
        for code, word in zip(TIERS, words("tier", TIERS), strict=True):
            assert lines[word] == [str(before[code]), str(after[code])]
        assert after["gold"] > before["gold"]
        page = text(response)
        assert [rows[0][0] for rows in tables(response)[1:]] == ["today ↓ then →"] * 2
        assert [f"{job.pk}/#trial-{axis}" in page for axis in ("tier", "group", "style")] == [True, True, False]
        assert "trial-calls" not in page

    def test_a_double_click_makes_one_trial(self, firm: Firm, browser: Browser, author: User) -> None:
        pages = [text(self.asked(browser, tiers__gold="150,000")) for _ in range(2)]
        (job,) = Job.objects.filter(kind=TRIAL_JOB)
        assert all(f"/trials/{job.pk}/panel/" in page for page in pages)
        self.asked(browser, tiers__gold="160,000")
        assert Job.objects.count() == 2
        jobs.cancel(job, by=author)
        self.asked(browser, tiers__gold="150,000")
        assert Job.objects.count() == 3

    def test_a_colleagues_trial_of_the_same_values_is_another(self, firm: Firm, browser: Browser) -> None:
        self.asked(browser)
        browser_of(person("sales_trading_hq")).post(URL, typed(do="try"), headers=HTMX)
        assert Job.objects.count() == 2

    def test_few_queries(self, firm: Firm, browser: Browser) -> None:
        self.asked(browser)
        with CaptureQueriesContext(connection) as caught:
            self.asked(browser, tiers__gold="150,000")
        assert len(caught) <= MOST_QUERIES_OF_TRYING


def test_queries_do_not_grow_with_the_versions(browser: Browser) -> None:
    before, after = grows(browser, URL, lambda: [proposed() for _ in range(10)])
    assert before == after <= MOST_QUERIES


@pytest.mark.parametrize("address", [URL, AS_JSON])
def test_chinese(author: User, address: str) -> None:
    response = get(author, address, "zh-hans")
    with translation.override("zh-hans"):
        labels = [str(field.label) for field in response.context["form"]]
    assert [label for label in labels if not is_chinese(label.replace("JSON", ""))] == []
    assert all(label in text(response) for label in labels if label)
