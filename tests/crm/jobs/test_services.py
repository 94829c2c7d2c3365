from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from crm.jobs import registry, services, tasks
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job, JobState
from crm.jobs.work import Work
from crm.organisation.models import Unit
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db

SEND = "crm.events.nudge.current_app.send_task"
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    sent: list[Any] = []
    monkeypatch.setattr("crm.events.nudge._silent_until", 0.0)
    monkeypatch.setattr(SEND, lambda name, args, **options: sent.append((name, args[0], options["queue"])))
    return sent


@pytest.fixture
def runs() -> Iterator[Callable[..., None]]:
    """Register what jobs of kind `test` do."""

    def register(run: registry.Run, **options: Any) -> None:
        registry.runner("test", **options)(run)

    yield register
    registry.forget("test")


def nothing(work: Work) -> None:
    """A runner with nothing to do."""


class TestRequest:
    def test_made_and_announced_on_its_queue(
        self, runs: Any, nudges: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        runs(nothing, queue="quick")
        by = person()
        with django_capture_on_commit_callbacks(execute=True):
            job = services.request("test", "2026-11-21", by=by, params={"day": "2026-11-21"}, at=NOON)
            assert nudges == []
        assert nudges == [("crm.jobs.run", job.pk, "quick")]
        assert (job.state, job.requested_by, job.params) == ("queued", by, {"day": "2026-11-21"})

    def test_asked_for_twice_is_one_job(
        self, runs: Any, nudges: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        runs(nothing)
        with django_capture_on_commit_callbacks(execute=True):
            first = services.request("test", "k", by=None)
            assert services.request("test", "k", by=person()) == first
            assert services.request("test", "other", by=None) != first
        assert len(nudges) == 2

    def test_unknown_kind(self) -> None:
        with pytest.raises(KeyError):
            services.request("nobody", "k", by=None)

    def test_a_broker_that_is_away_harms_nothing(
        self, runs: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def away(*_args: Any, **_options: Any) -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr(SEND, away)
        monkeypatch.setattr("crm.events.nudge._silent_until", 0.0)
        runs(nothing)
        with django_capture_on_commit_callbacks(execute=True):
            services.request("test", "k", by=None)
        assert Job.objects.get().state == JobState.QUEUED


class TestRun:
    def test_result_is_kept(self, runs: Any) -> None:
        def count(work: Work) -> dict[str, Any]:
            work.progress(3, 10, "three of ten")
            seen = Job.objects.get(pk=work.job.pk)
            assert (seen.done, seen.total, seen.note, seen.state) == (3, 10, "three of ten", "running")
            work.progress(10, 10)
            return {"url": "/there/", "n": 10}

        runs(count)
        job = services.request("test", "k", by=None, at=NOON)
        assert services.run(job.pk, at=NOON)
        job.refresh_from_db()
        assert (job.state, job.result, job.tries, job.done) == ("done", {"url": "/there/", "n": 10}, 1, 10)
        assert job.started_at == NOON
        assert job.ended_at is not None
        assert job.lease_token is None
        assert not services.run(job.pk), "done once"

    def test_progress_without_a_total_and_beyond_it(self, runs: Any) -> None:
        def run(work: Work) -> None:
            work.progress(5)
            work.progress(12, 10)

        runs(run)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == ("done", 12, 12)

    def test_finish_inside_the_work(self, runs: Any) -> None:
        runs(lambda work: work.finish({"n": 1}))
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == ("done", {"n": 1})

    def test_somebody_else_has_it(self, runs: Any) -> None:
        again: list[bool] = []
        runs(lambda work: again.append(services.run(work.job.pk)))
        job = services.request("test", "k", by=None)
        assert services.run(job.pk)
        assert again == [False]

    def test_a_failed_try_is_repeated_then_given_up_with_words(self, runs: Any) -> None:
        def fail(work: Work) -> None:
            raise ValueError("id number 11010119900101123X")

        runs(fail, most_tries=2)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.tries) == ("queued", 1)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.tries) == ("failed", 2)
        assert "ValueError" in job.error
        assert "110101" not in job.error, "what an error says may be personal; the log has it"

    def test_a_refusal_is_final_and_said(self, runs: Any) -> None:
        def refuse(work: Work) -> None:
            raise JobRefused("the file is gone")

        runs(refuse)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error, job.tries) == ("failed", "the file is gone", 1)

    def test_a_lease_that_was_lost_writes_nothing(self, runs: Any) -> None:
        def robbed(work: Work) -> None:
            Job.objects.filter(pk=work.job.pk).update(state="queued", lease_token=None, lease_until=None)
            work.progress(1, 2)

        runs(robbed)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done) == ("queued", 0)

    def test_finish_after_the_lease_was_lost(self, runs: Any) -> None:
        def robbed(work: Work) -> None:
            Job.objects.filter(pk=work.job.pk).update(state="queued", lease_token=None, lease_until=None)
            work.finish({"n": 1})

        runs(robbed)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == ("queued", {})


class TestCancel:
    def test_while_it_waits(self, runs: Any) -> None:
        runs(nothing)
        job = services.request("test", "k", by=None)
        services.cancel(job, by=person())
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not services.run(job.pk)

    def test_while_it_runs_the_work_is_taken_back(self, runs: Any) -> None:
        def stopped(work: Work) -> None:
            work.progress(1, 3)
            services.cancel(work.job, by=None)
            work.progress(2, 3)
            raise AssertionError("progress() should have stopped this")

        runs(stopped)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert job.error

    def test_after_the_end_nothing_changes(self, runs: Any) -> None:
        runs(nothing)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        services.cancel(job, by=None)
        job.refresh_from_db()
        assert (job.state, job.cancel_asked) == ("done", False)


class TestRetry:
    def test_failed_is_done_again(self, runs: Any, nudges: list[Any], django_capture_on_commit_callbacks: Any) -> None:
        broken = [True]

        def run(work: Work) -> None:
            if broken:
                raise JobRefused("not yet")

        runs(run)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        broken.clear()
        with django_capture_on_commit_callbacks(execute=True):
            services.retry(job, by=None)
        assert [job_id for _name, job_id, _queue in nudges] == [job.pk]
        services.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error, job.tries) == ("done", "", 1)

    def test_done_stays_done(self, runs: Any) -> None:
        runs(nothing)
        job = services.request("test", "k", by=None)
        services.run(job.pk)
        assert services.retry(job, by=None).state == "done"


class TestSweep:
    def test_announces_a_lost_nudge_once_in_a_while(
        self, runs: Any, nudges: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        runs(nothing)
        services.request("test", "k", by=None, at=NOON)
        counts = []
        for minutes in (0, 1, 2, 7):
            with django_capture_on_commit_callbacks(execute=True):
                counts.append(services.sweep(at=NOON + minutes * MINUTE))
        assert counts == [0, 1, 0, 1]
        assert len(nudges) == 2

    def test_a_vanished_worker(self, runs: Any) -> None:
        runs(nothing)
        job = services.request("test", "k", by=None, at=NOON)
        assert services._take(job.pk, NOON)
        services.sweep(at=NOON + dt.timedelta(seconds=59))
        job.refresh_from_db()
        assert job.state == JobState.RUNNING, "its lease holds"
        assert services.sweep(at=NOON + 2 * MINUTE) == 1
        job.refresh_from_db()
        assert (job.state, job.lease_token) == ("queued", None)

    def test_workers_that_vanish_again_and_again(self, runs: Any) -> None:
        runs(nothing, most_tries=2)
        job = services.request("test", "k", by=None, at=NOON)
        for turn in range(2):
            assert services._take(job.pk, NOON + turn * 10 * MINUTE)
        services.sweep(at=NOON + 30 * MINUTE)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "2" in job.error

    def test_a_vanished_worker_of_a_stopped_job(self, runs: Any) -> None:
        runs(nothing)
        job = services.request("test", "k", by=None, at=NOON)
        services._take(job.pk, NOON)
        services.cancel(job, by=None)
        services.sweep(at=NOON + 2 * MINUTE)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED

    def test_a_kind_without_runner_waits(self) -> None:
        Job.objects.create(kind="gone", key="k", created_at=NOON, nudge_at=NOON)
        assert services.sweep(at=NOON + MINUTE) == 0


def test_tasks_call_the_services(runs: Any) -> None:
    done: list[str] = []
    runs(lambda work: done.append(work.job.key))
    job = services.request("test", "k", by=None)
    tasks.run(job.pk)
    tasks.sweep()
    assert done == ["k"]


def test_a_kind_is_taken_once(runs: Any) -> None:
    runs(nothing)
    with pytest.raises(ValueError, match="test"):
        registry.runner("test")(nothing)


def test_visible_to() -> None:
    mine, other = person("customer_manager"), person("customer_manager")
    for number, by in enumerate([mine, other, None]):
        Job.objects.create(kind="test", key=str(number), requested_by=by, created_at=NOON)
    assert [job.requested_by for job in Job.objects.visible_to(mine)] == [mine]
    assert Job.objects.visible_to(person("operations_centre")).count() == 3


def test_work_that_is_a_row_is_not_doubled(runs: Any) -> None:
    """A runner whose writes and `finish` are one transaction: whoever lost the lease leaves no row."""

    def run(work: Work) -> None:
        BranchFactory(code=f"J{work.job.tries}", parent=None)
        if work.job.tries == 1:
            Job.objects.filter(pk=work.job.pk).update(state="queued", lease_token=None, lease_until=None)
        work.finish()

    runs(transaction.atomic(run))
    job = services.request("test", "k", by=None)
    services.run(job.pk)
    services.run(job.pk, at=timezone.now() + 2 * MINUTE)
    assert list(Unit.objects.filter(code__startswith="J").values_list("code", flat=True)) == ["J2"]
