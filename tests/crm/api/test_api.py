"""The API: what it answers, to whom, page by page, and what it says to nonsense."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser

from clients.feeds.models import FeedBatch
from clients.profile.models import ClientNote
from clients.segmentation.models import Standing
from crm.audit.models import ReadLog
from crm.jobs import services as jobs
from crm.jobs.models import Job
from tests.crm.api.conftest import Program
from tests.factories.clients import RiskAssessmentFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture(autouse=True)
def quiet_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.events.nudge.current_app.send_task", lambda *_args, **_options: None)


class TestClients:
    def test_in_scope_and_masked(self, program: Program) -> None:
        home = branch(code="B1")
        director, manager = person("general_manager", unit=home), person("customer_manager", unit=home)
        mine = client(name="张伟", branch=home, manager=manager)
        client(name="李娜")
        answer = program(director).get(f"{API}/clients/").json()
        assert [(one["client_no"], one["name"], one["branch"]) for one in answer["results"]] == [
            (mine.client_no, "张**", "B1")
        ]
        assert answer["count"] == {"number": 1, "capped": False}
        own = program(manager).get(f"{API}/clients/").json()["results"]
        assert own[0]["name"] == "张伟", "own clients in clear, as on the page"
        assert ReadLog.objects.filter(by=manager, kind="own_clear", rows=1).exists()

    def test_every_client_once_page_by_page(self, program: Program) -> None:
        home = branch()
        numbers = {client(branch=home).client_no for _number in range(23)}
        made, url, seen = program(person("general_manager", unit=home)), f"{API}/clients/?limit=5&sort=number", []
        while url:
            answer = made.get(url.removeprefix("http://testserver")).json()
            seen += [one["client_no"] for one in answer["results"]]
            url = answer["next"]
        assert seen == sorted(numbers)

    def test_the_filters_of_the_list(self, program: Program) -> None:
        home = branch()
        made = program(person("general_manager", unit=home))
        gold, other = client(branch=home), client(branch=home, name="王小二")
        Standing.objects.filter(client=gold).update(tier="gold", average_assets=Decimal("1500000.00"))
        found = made.get(f"{API}/clients/", {"tier": ["gold", "diamond"]}).json()["results"]
        assert [(one["client_no"], one["average_assets"]) for one in found] == [(gold.client_no, "1500000.00")]
        found = made.get(f"{API}/clients/", {"q": "王小"}).json()["results"]
        assert [one["client_no"] for one in found] == [other.client_no]
        assert ReadLog.objects.filter(kind="search", rows=1).exists()

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"tier": "bronze"}, "detail"),
            ({"sort": "';--"}, "detail"),
            ({"at": "garbage"}, "detail"),
            ({"q": "x"}, "detail"),
            ({"limit": "0"}, "limit"),
            ({"limit": "201"}, "limit"),
            ({"limit": "-1"}, "limit"),
            ({"limit": "9" * 40}, "limit"),
            ({"limit": "٣"}, "limit"),
        ],
    )
    def test_what_is_not_understood_is_an_error(self, program: Program, params: dict[str, str], field: str) -> None:
        answer = program(person("general_manager")).get(f"{API}/clients/", params)
        assert answer.status_code == 400
        assert field in answer.json()

    def test_a_place_of_another_list(self, program: Program) -> None:
        home = branch()
        for _number in range(4):
            client(branch=home)
        made = program(person("general_manager", unit=home))
        url = made.get(f"{API}/clients/?limit=2").json()["next"].removeprefix("http://testserver")
        assert made.get(url).status_code == 200
        assert made.get(url + "&tier=gold").status_code == 400

    def test_the_queries_do_not_grow(self, program: Program, django_assert_max_num_queries: Any) -> None:
        home = branch()
        for _number in range(40):
            client(branch=home)
        made = program(person("general_manager", unit=home))
        made.get(f"{API}/clients/")
        with django_assert_max_num_queries(14):
            assert len(made.get(f"{API}/clients/").json()["results"]) == 40


class TestOneClient:
    def test_his_file_and_where_he_stands(self, program: Program) -> None:
        known = client(name="张伟", phone="13800138000", id_number="11010519491231002X")
        RiskAssessmentFactory(client=known, level="C4")
        answer = program(person("general_manager", unit=known.branch)).get(f"{API}/clients/{known.client_no}/").json()
        assert (answer["name"], answer["phone"], answer["risk_level"]) == ("张**", "138****8000", "C4")
        assert "13800138000" not in str(answer)
        assert "19491231" not in str(answer)
        assert ReadLog.objects.filter(kind="page", subject_no=known.client_no, fields="api").exists()

    @pytest.mark.parametrize("part", ["", "timeline/", "segments/"])
    def test_another_branchs_is_not_found(self, program: Program, part: str) -> None:
        known, made = client(), program(person("general_manager"))
        assert made.get(f"{API}/clients/{known.client_no}/{part}").status_code == 404
        assert made.get(f"{API}/clients/nobody/{part}").status_code == 404

    def test_the_timeline_in_words(self, program: Program) -> None:
        known = client()
        clerk = person("counter_clerk", unit=known.branch)
        when = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
        ClientNote.objects.create(client=known, text="客户改约下周", by=clerk, at=when)
        made = program(clerk)
        answer = made.get(f"{API}/clients/{known.client_no}/timeline/").json()
        assert any("客户改约下周" in str(line) for line in answer["results"])
        assert "<" not in str(answer["results"])
        assert made.get(f"{API}/clients/{known.client_no}/segments/").json() == []


class TestFeeds:
    FILE = "branch_code,name\nB77,七十七营业部\n"

    def send(self, made: Browser, text: str = FILE, **fields: Any) -> Any:
        file = SimpleUploadedFile("branches.csv", text.encode())
        return made.post(f"{API}/feeds/", {"feed": "branches", "file": file} | fields)

    def test_handed_over_loaded_reported(self, program: Program) -> None:
        made = program(person("operations_centre", is_demo=True))
        answer = self.send(made)
        assert answer.status_code == 202
        taken = answer.json()
        assert made.get(f"{API}/jobs/{taken['job']['id']}/").json()["state"] == "queued"
        assert jobs.run(taken["job"]["id"])
        batch = made.get(f"{API}/feeds/{taken['batch']['id']}/").json()
        assert (batch["state"], batch["rows"], batch["inserted"], batch["rejected"]) == ("done", 1, 1, 0)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"feed": "nothing"}, "no feed"),
            ({"business_date": "2099-01-01"}, "after tomorrow"),
            ({"business_date": "x"}, "Date has wrong format"),
            ({"rows": "-1"}, "greater than or equal to 0"),
            ({"file": ""}, "not a file"),
        ],
    )
    def test_refused_in_words(self, program: Program, fields: dict[str, str], words: str) -> None:
        answer = self.send(program(person("operations_centre", is_demo=True)), **fields)
        assert answer.status_code == 400
        assert words in str(answer.json())
        assert not FeedBatch.objects.exists()

    def test_a_token_without_the_permission(self, program: Program) -> None:
        director = person("operations_director")
        narrow = program(director, "clients.view_client")
        assert self.send(narrow).status_code == 403
        assert self.send(narrow, feed="service_records").status_code == 403, "not by his role behind the token's back"
        assert self.send(program(person("customer_manager"))).status_code == 403

    def test_anothers_batch_is_not_found(self, program: Program) -> None:
        number = self.send(program(person("operations_centre", is_demo=True))).json()["batch"]["id"]
        assert program(person("operations_director")).get(f"{API}/feeds/{number}/").status_code == 404
        assert program(person("customer_manager")).get(f"{API}/feeds/{number}/").status_code == 403


class TestJobs:
    def test_own_ones(self, program: Program) -> None:
        one, other = person("operations_director"), person("operations_director")
        made = {"kind": "feed.import", "created_at": dt.datetime(2026, 11, 20, tzinfo=dt.UTC)}
        mine = Job.objects.create(key="1", requested_by=one, **made)
        theirs = Job.objects.create(key="2", requested_by=other, **made)
        program_of_one = program(one)
        assert program_of_one.get(f"{API}/jobs/{mine.pk}/").json()["key"] == "1"
        assert program_of_one.get(f"{API}/jobs/{theirs.pk}/").status_code == 404
        assert program_of_one.delete(f"{API}/jobs/{mine.pk}/").json()["state"] == "cancelled"
        for wrong in ("x", "0", "9" * 30, "-1"):
            assert program_of_one.get(f"{API}/jobs/{wrong}/").status_code == 404

    def test_seeing_is_not_stopping(self, program: Program) -> None:
        job = Job.objects.create(kind="feed.import", key="1", created_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
        auditor = program(person("auditor", is_demo=True))
        assert auditor.get(f"{API}/jobs/{job.pk}/").status_code == 200
        assert auditor.delete(f"{API}/jobs/{job.pk}/").status_code == 403


class TestSearch:
    def test_the_same_finders(self, program: Program) -> None:
        known = client(name="张博伟", phone="13800138000")
        made = program(person("general_manager", unit=known.branch))
        for words in (known.client_no, "张博", "zbw", "13800138000", "8000"):
            groups = made.get(f"{API}/search/", {"q": words}).json()["groups"]
            assert any(known.client_no in hit["url"] for group in groups for hit in group["hits"]), words
        assert "张博伟" not in str(groups)
        assert made.get(f"{API}/search/", {"q": "%" * 1000}).status_code in (200, 400)


class TestComposition:
    def test_before_the_first_run_and_without_the_permission(self, program: Program) -> None:
        assert program(person("general_manager")).get(f"{API}/segments/composition/").status_code == 404
        assert program(person("customer_manager")).get(f"{API}/segments/composition/").status_code == 403


class TestDescription:
    def test_it_is_sound_and_the_one_in_the_papers(self) -> None:
        """`manage.py spectacular --file docs/openapi.yaml` writes it anew."""
        out = io.StringIO()
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=out, lang="en")
        assert out.getvalue().strip() == (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text().strip()

    def test_served_to_whoever_is_signed_in(self) -> None:
        assert Browser().get(f"{API}/docs/").status_code == 302
        browser = Browser()
        browser.force_login(person("customer_manager"))
        assert browser.get(f"{API}/schema/").status_code == 200
        page = browser.get(f"{API}/docs/")
        assert page.status_code == 200
        assert "unsafe-inline" not in page["Content-Security-Policy"].split("style-src")[0]

    def test_unknown_methods(self, program: Program) -> None:
        made = program(person("general_manager"))
        assert made.post(f"{API}/clients/", {}).status_code == 405
        assert made.put(f"{API}/search/").status_code == 405
