"""kill -9 of a worker in the middle of a job: nothing is lost, nothing is doubled."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.jobs import registry, services
from crm.jobs.models import Job
from crm.organisation.models import Unit
from tests.crm.jobs.killed_worker import PROGRAM, ROWS, write_units

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("crm.events.nudge.current_app.send_task", lambda *_args, **_options: None)
    registry.runner("test.kill")(lambda work: write_units(work, 0))
    yield
    registry.forget("test.kill")


def worker(job: Job, seconds: float) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    database = str(connection.settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", PROGRAM, database, str(job.pk), str(seconds)], env=environment)


def wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def progress_of(job: Job) -> int:
    return Job.objects.values_list("done", flat=True).get(pk=job.pk)


def rows() -> list[str]:
    return list(Unit.objects.filter(code__startswith="K").values_list("code", flat=True))


def test_killed_in_the_middle_and_done_by_the_next() -> None:
    job = services.request("test.kill", "k", by=None)
    process = worker(job, seconds=20)
    try:
        wait_for(lambda: progress_of(job) >= 2)
        assert rows() == [], "progress is seen outside the transaction of the work, its rows are not"
        assert not services.run(job.pk), "the lease holds while the worker lives"
    finally:
        process.kill()
        process.wait()
    assert services.sweep() == 0, "nobody knows yet"
    services.sweep(at=timezone.now() + dt.timedelta(minutes=2))
    assert services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.tries, job.result) == ("done", 2, {"rows": ROWS})
    assert len(rows()) == ROWS
    assert {code.split("-")[1] for code in rows()} == {"2"}


def test_the_lease_is_renewed_while_a_long_step_runs() -> None:
    """A lease of one second, a step of three: the worker keeps its job."""
    registry.forget("test.kill")
    untils = []

    def long_step(work: Any) -> None:
        for _second in range(3):
            time.sleep(1)
            untils.append(str(Job.objects.get(pk=work.job.pk).lease_until))
            assert services.sweep() == 0

    registry.runner("test.kill", lease=dt.timedelta(seconds=1))(long_step)
    job = services.request("test.kill", "k", by=None)
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.tries) == ("done", 1)
    assert untils == sorted(set(untils))


def test_cancelled_from_outside_while_it_runs() -> None:
    job = services.request("test.kill", "k", by=None)
    process = worker(job, seconds=20)
    try:
        wait_for(lambda: progress_of(job) >= 1)
        services.cancel(job, by=None)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert rows() == []
