from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from crm.jobs import registry, selectors
from crm.jobs.models import Job
from crm.organisation.models import User
from tests.factories.people import person

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("crm.events.nudge.current_app.send_task", lambda *_args, **_options: None)
    registry.runner("test.page", title="Counting clients")(lambda work: None)
    yield
    registry.forget("test.page")


@pytest.fixture
def clerk(client: Client) -> User:
    user = person("counter_clerk")
    client.force_login(user)
    return user


def job(by: User | None, key: str = "k", **fields: Any) -> Job:
    return Job.objects.create(kind="test.page", key=key, requested_by=by, **{"created_at": timezone.now()} | fields)


class TestPages:
    def test_list_of_ones_own(self, client: Client, clerk: User) -> None:
        job(clerk, "mine")
        job(person(), "other")
        text = client.get("/jobs/").content.decode()
        assert "Counting clients · mine" in text
        assert "other" not in text

    def test_empty_list_says_what_will_be_here(self, client: Client, clerk: User) -> None:
        assert 'class="empty"' in client.get("/jobs/").content.decode()

    def test_one_with_its_progress(self, client: Client, clerk: User) -> None:
        mine = job(clerk, state="queued", total=10)
        text = client.get(f"/jobs/{mine.pk}/").content.decode()
        assert f'hx-get="/jobs/{mine.pk}/state/"' in text
        assert f'action="/jobs/{mine.pk}/cancel/"' in text

    def test_the_fragment_stops_asking_when_it_is_over(self, client: Client, clerk: User) -> None:
        mine = job(clerk, state="done", ended_at=NOON, result={"url": "/there/", "label": "The file"})
        text = client.get(f"/jobs/{mine.pk}/state/", headers={"HX-Request": "true"}).content.decode()
        assert "hx-get" not in text
        assert '<a href="/there/">The file</a>' in text
        assert "<html" not in text

    @pytest.mark.parametrize("page", ["", "state/"])
    def test_somebody_elses_is_not_there(self, client: Client, clerk: User, page: str) -> None:
        assert client.get(f"/jobs/{job(person()).pk}/{page}").status_code == 404

    def test_with_view_jobs_everybodys(self, client: Client) -> None:
        client.force_login(person("auditor", is_demo=True))
        other = job(None)
        assert client.get(f"/jobs/{other.pk}/").status_code == 200
        assert "cancel" not in client.get(f"/jobs/{other.pk}/").content.decode()

    def test_query_budget(self, client: Client, clerk: User, django_assert_max_num_queries: Any) -> None:
        for number in range(20):
            job(clerk, str(number))
        client.get("/jobs/")
        with django_assert_max_num_queries(3):
            client.get("/jobs/")


class TestCancelAndRetry:
    def test_ones_own(self, client: Client, clerk: User) -> None:
        mine = job(clerk)
        assert client.post(f"/jobs/{mine.pk}/cancel/")["Location"] == f"/jobs/{mine.pk}/"
        mine.refresh_from_db()
        assert mine.state == "cancelled"
        client.post(f"/jobs/{mine.pk}/retry/")
        mine.refresh_from_db()
        assert mine.state == "queued"

    def test_within_htmx_the_fragment_comes_back(self, client: Client, clerk: User) -> None:
        answer = client.post(f"/jobs/{job(clerk).pk}/cancel/", headers={"HX-Request": "true"})
        assert answer.templates[0].name == "crm/jobs/state.html"

    @pytest.mark.parametrize("verb", ["cancel", "retry"])
    def test_seeing_is_not_stopping(self, client: Client, verb: str) -> None:
        client.force_login(person("auditor", is_demo=True))
        other = job(None)
        assert client.post(f"/jobs/{other.pk}/{verb}/").status_code == 403
        other.refresh_from_db()
        assert other.state == "queued"

    def test_the_operations_centre_stops_everybodys(self, client: Client) -> None:
        client.force_login(person("operations_centre", is_demo=True))
        other = job(person())
        assert client.post(f"/jobs/{other.pk}/cancel/").status_code == 302
        other.refresh_from_db()
        assert other.state == "cancelled"

    @pytest.mark.parametrize("verb", ["cancel", "retry"])
    def test_by_post_alone(self, client: Client, clerk: User, verb: str) -> None:
        assert client.get(f"/jobs/{job(clerk).pk}/{verb}/").status_code == 405


class TestTimeLeft:
    @pytest.mark.parametrize(
        ("seconds", "done", "words"),
        [
            (2, 50, ""),
            (10, 0, ""),
            (10, 50, "less than a minute left"),
            (60, 50, "about 1 minute left"),
            (600, 50, "about 10 minutes left"),
        ],
    )
    def test_from_the_pace_so_far(self, seconds: int, done: int, words: str) -> None:
        running = Job(state="running", done=done, total=100, started_at=NOON)
        with translation.override("en"):
            assert selectors.time_left(running, at=NOON + dt.timedelta(seconds=seconds)) == words

    def test_not_while_it_waits_and_not_without_a_total(self) -> None:
        assert selectors.time_left(Job(state="queued", done=1, total=2, started_at=NOON), at=NOON) == ""
        later = NOON + dt.timedelta(minutes=1)
        assert selectors.time_left(Job(state="running", done=1, total=None, started_at=NOON), at=later) == ""


def test_a_kind_that_is_gone_still_has_a_name() -> None:
    assert selectors.title_of(Job(kind="gone", key="k")) == "gone · k"


class TestWordsOfAJob:
    @pytest.fixture
    def shown(self, clerk: User) -> Iterator[Any]:
        registry.runner("test.words", title="Run", about=lambda job: job.params["day"], page=lambda job: f"/{job.pk}/")(
            lambda work: None
        )

        def shown(**fields: Any) -> selectors.Shown:
            made = Job.objects.create(
                kind="test.words", key="7 internal", requested_by=clerk, params={"day": "2026-11-21"}, created_at=NOON,
                **fields,
            )  # fmt: skip
            return selectors.shown(made, clerk, at=NOON)

        yield shown
        registry.forget("test.words")

    def test_which_one_it_is(self, shown: Any) -> None:
        assert shown().title == "Run · 2026-11-21"

    def test_what_is_being_done_while_it_runs(self, shown: Any) -> None:
        running = shown(state="running", done=3, total=10, note="comparing")
        assert (running.note, running.done, running.result_url) == ("comparing", 3, "")

    def test_what_came_out_once_it_is_done(self, shown: Any) -> None:
        done = shown(state="done", done=9, total=10, note="comparing", ended_at=NOON)
        assert (done.note, done.done, done.result_url) == ("", 10, f"/{done.job.pk}/")

    def test_a_result_names_its_own_page(self, shown: Any) -> None:
        assert shown(state="done", ended_at=NOON, result={"url": "/file/"}).result_url == "/file/"

    def test_what_went_wrong(self, shown: Any) -> None:
        failed = shown(state="failed", done=3, total=10, error="No disk.", note="comparing", ended_at=NOON)
        assert (failed.note, failed.done, failed.result_url) == ("No disk.", 3, "")
