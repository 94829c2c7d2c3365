"""The pages of exports: asked for from a list, decided, downloaded; for whom they are there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from python_calamine import load_workbook

from crm.audit.models import ReadLog
from crm.events import services as events
from crm.events.models import Event
from crm.exports import files, services
from crm.exports.models import Export
from crm.jobs.models import Job
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of
from tests.crm.exports.lists import NAME, ask, run
from tests.factories.people import StandInFactory, person

pytestmark = pytest.mark.django_db
FORM = {"list_name": NAME, "query": "", "columns": "code,name", "reason": "meeting", "key": "k1", "next": "/clients/"}


def deliver() -> None:
    for event in Event.objects.order_by("pk"):
        events.deliver_event(event.pk)


class TestAsking:
    def test_leads_to_its_page_and_twice_to_the_same(self, director: User) -> None:
        browser = browser_of(director)

        first, second = browser.post("/exports/ask/", FORM), browser.post("/exports/ask/", FORM)

        export = Export.objects.get()
        assert first["Location"] == second["Location"] == f"/exports/{export.pk}/"
        page = browser.get(first["Location"]).content.decode()
        assert "Being made" in page
        assert "Take back" in page
        assert Job.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"reason": ""}, "what the file is for"),
            ({"columns": "iron"}, "no such column"),
            ({"list_name": "x\0"}, "cannot be taken out"),
            ({"query": "city=Atlantis"}, "nothing to take out"),
        ],
    )
    def test_what_is_wrong_is_said_above_the_list(self, director: User, wrong: dict[str, str], words: str) -> None:
        answer = browser_of(director).post("/exports/ask/", FORM | wrong, follow=True)

        assert answer.redirect_chain == [("/clients/", 302)]
        assert words in answer.content.decode()

    def test_rows_ticked_by_hand(self, director: User, here: Unit) -> None:
        browser_of(director).post("/exports/ask/", FORM | {"picked": [str(here.pk), "x", "9" * 30, "٣"]})
        assert Export.objects.get().picked == [here.pk]

    @pytest.mark.parametrize("role", ["counter_clerk", "auditor"])
    def test_without_the_permission_403_says_why(self, role: str) -> None:
        answer = browser_of(person(role)).post("/exports/ask/", FORM)
        assert answer.status_code == 403
        assert "Take lists out as files" in answer.content.decode()
        assert not Export.objects.exists()

    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert browser_of(None).post("/exports/ask/", FORM)["Location"].startswith("/account/login/")


class TestDownload:
    def test_the_file_with_its_name_counted_and_logged(self, director: User) -> None:
        export = run(ask(director))
        browser = browser_of(director)

        answer: Any = browser.post(f"/exports/{export.pk}/download/")

        content = b"".join(answer.streaming_content)
        assert content == files.path_of(export).read_bytes()
        assert f'filename="Units-{timezone.localdate():%Y%m%d}' in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        log = ReadLog.objects.get(kind="download")
        assert (log.by, log.rows, log.url) == (director, export.rows, f"/exports/{export.pk}/download/")
        assert "Downloads</dt><dd>1</dd>" in browser.get(f"/exports/{export.pk}/").content.decode()
        assert load_workbook(files.path_of(export)).sheet_names == ["Units", "About this file"]

    def test_no_link_fetches_it(self, director: User) -> None:
        export = run(ask(director))
        assert browser_of(director).get(f"/exports/{export.pk}/download/").status_code == 405
        assert not ReadLog.objects.filter(kind="download").exists()

    @pytest.mark.parametrize("harm", ["gone", "altered", "expired"])
    def test_a_file_that_is_gone_altered_or_expired_is_not_given_out(self, director: User, harm: str) -> None:
        export = run(ask(director))
        if harm == "gone":
            files.path_of(export).unlink()
        elif harm == "altered":
            files.path_of(export).write_bytes(b"something else")
        else:
            Export.objects.update(expires_on="2020-01-01")

        answer = browser_of(director).post(f"/exports/{export.pk}/download/", follow=True)

        page = answer.content.decode()
        assert "The file is no longer kept. Ask for the list again." in page
        assert ("Expired" in page) is (harm == "expired")
        assert not ReadLog.objects.filter(kind="download").exists()

    def test_before_it_is_made_there_is_none(self, director: User) -> None:
        export = ask(director)
        answer = browser_of(director).post(f"/exports/{export.pk}/download/", follow=True)
        assert "no longer kept" in answer.content.decode()

    def test_others(self, director: User, head: User, here: Unit) -> None:
        export = run(ask(director))
        url = f"/exports/{export.pk}/download/"

        taken: Any = browser_of(head).post(url)
        assert b"".join(taken.streaming_content) == files.path_of(export).read_bytes()
        assert browser_of(person("marketing_director", here)).post(url).status_code == 404
        assert browser_of(person("general_manager")).post(url).status_code == 404
        refused = browser_of(person("auditor")).post(url)
        assert refused.status_code == 403
        assert "Release large exports of others" in refused.content.decode()

    def test_who_lost_the_right_gets_no_file_either(self, director: User) -> None:
        export = run(ask(director))
        director.appointments.all().delete()
        assert browser_of(director).post(f"/exports/{export.pk}/download/").status_code == 403


class TestDeciding:
    @pytest.fixture
    def waiting(self, director: User, small_limit: None) -> Export:
        return ask(director)

    def test_released_from_the_page(self, waiting: Export, head: User) -> None:
        browser = browser_of(head)
        listed = browser.get("/exports/").content.decode()
        assert "For you to release" in listed
        assert "Of others" not in listed  # what waits for him stands there once
        assert "Your decision" in browser.get(f"/exports/{waiting.pk}/").content.decode()

        browser.post(f"/exports/{waiting.pk}/release/", {"note": "ok"})

        waiting.refresh_from_db()
        assert (waiting.state, waiting.decided_by) == ("making", head)
        assert "Your decision" not in browser.get(f"/exports/{waiting.pk}/").content.decode()

    def test_refused_only_with_a_reason(self, waiting: Export, head: User) -> None:
        browser, url = browser_of(head), f"/exports/{waiting.pk}/refuse/"

        assert "Please say why" in browser.post(url, {"note": ""}, follow=True).content.decode()
        browser.post(url, {"note": "too much"})

        waiting.refresh_from_db()
        assert waiting.state == "refused"
        page = browser_of(waiting.by).get(f"/exports/{waiting.pk}/").content.decode()
        assert "Refused by" in page
        assert "too much" in page

    def test_ones_own_403(self, head: User, small_limit: None) -> None:
        export = ask(head)
        answer = browser_of(head).post(f"/exports/{export.pk}/release/")
        assert answer.status_code == 403
        assert "of his own" in answer.content.decode()
        assert "For you to release" not in browser_of(head).get("/exports/").content.decode()

    def test_in_scope_without_the_permission_403_outside_404(self, waiting: Export, here: Unit) -> None:
        url = f"/exports/{waiting.pk}/release/"
        assert browser_of(waiting.by).post(url).status_code == 403
        assert browser_of(person("general_manager")).post(url).status_code == 404

    def test_taken_back(self, waiting: Export, head: User) -> None:
        assert browser_of(head).post(f"/exports/{waiting.pk}/withdraw/", follow=True).status_code == 200
        waiting.refresh_from_db()
        assert waiting.state == "waiting"

        page = browser_of(waiting.by).post(f"/exports/{waiting.pk}/withdraw/", follow=True).content.decode()

        assert "Taken back" in page


class TestTold:
    def test_those_who_may_release_it_are_told_once(self, director: User, head: User, small_limit: None) -> None:
        deputy = person("counter_clerk")
        StandInFactory(absent=head, deputy=deputy)
        compliance, stranger = person("compliance"), person("general_manager")

        export = ask(director)
        deliver()
        deliver()

        told = {notice.user: notice for notice in Notice.objects.all()}
        assert set(told) == {head, deputy, compliance}
        assert stranger not in told
        assert told[head].url == f"/exports/{export.pk}/"
        assert director.name in told[head].text

    def test_who_asked_is_told_of_the_file_and_of_a_refusal(self, director: User, head: User, settings: Any) -> None:
        run(ask(director))
        settings.EXPORT_RELEASE_ROWS = 0
        services.refuse_export(by=head, export=ask(director, key="2"), note="not now")
        deliver()

        texts = " ".join(Notice.objects.filter(user=director).values_list("text", flat=True))
        assert "1 行" in texts
        assert "not now" in texts


class TestPage:
    @pytest.mark.parametrize("role", ["customer_manager", "counter_clerk", "administrator"])
    def test_who_never_takes_lists_out_has_no_page(self, role: str) -> None:
        answer = browser_of(person(role)).get("/exports/")
        assert answer.status_code == 403
        assert "Take lists out as files" in answer.content.decode()

    def test_empty_it_says_how_to_begin(self, director: User) -> None:
        assert "Nothing taken out yet" in browser_of(director).get("/exports/").content.decode()

    def test_mine_and_those_of_others_for_the_auditor(self, director: User) -> None:
        export = run(ask(director))

        assert f"/exports/{export.pk}/" in browser_of(director).get("/exports/").content.decode()
        page = browser_of(person("auditor")).get("/exports/").content.decode()
        assert "Of others" in page
        assert f"/exports/{export.pk}/" in page

    def test_progress_until_it_is_there(self, director: User) -> None:
        export = ask(director)
        browser: Browser = browser_of(director)
        assert "hx-get" in browser.get(f"/exports/{export.pk}/state/").content.decode()
        run(export)
        assert browser.get(f"/exports/{export.pk}/state/")["HX-Refresh"] == "true"

    def test_few_queries_however_many_exports(
        self, director: User, head: User, small_limit: None, django_assert_max_num_queries: Any
    ) -> None:
        for n in range(12):
            ask(director, key=str(n))
        browser = browser_of(head)
        browser.get("/exports/")
        with django_assert_max_num_queries(16):
            assert len(browser.get("/exports/").context["to_release"]) == 12
