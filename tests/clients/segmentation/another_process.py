"""What `test_kill.py` has other processes do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from unittest import mock

from celery import current_app
from django.utils import timezone

from clients.segmentation.nightly import NIGHT_JOB
from crm.jobs import services as jobs

PROGRAM = (
    "import sys, django; django.setup(); "
    "from tests.clients.segmentation.another_process import main; main(*sys.argv[1:])"
)


def ask(day: str) -> None:
    """Ask for the night of a day; prints the job's number."""
    print(jobs.request(NIGHT_JOB, day, by=None, params={"as_of": day}).pk)


def run(job_id: str) -> None:
    """What a worker does."""
    jobs.run(int(job_id))


def sweep() -> None:
    """What beat does, five minutes later."""
    jobs.sweep(at=timezone.now() + dt.timedelta(minutes=5))


def main(verb: str, *arguments: str) -> None:
    verbs: dict[str, Callable[..., None]] = {"ask": ask, "run": run, "sweep": sweep}
    with mock.patch.object(current_app, "send_task"):  # there is no broker
        verbs[verb](*arguments)
