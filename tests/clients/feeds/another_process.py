"""What `test_kill.py` has other processes do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clients.feeds import services
from crm.jobs import services as jobs
from crm.organisation.models import User

PROGRAM = (
    "import sys, django; django.setup(); from tests.clients.feeds.another_process import main; main(*sys.argv[1:])"
)


def confirm(path: str) -> None:
    """Upload a file of assets as S1 and confirm it; prints the job's number."""
    user = User.objects.get(staff_no="S1")
    upload = SimpleUploadedFile("assets.csv", Path(path).read_bytes())
    batch = services.store_upload(feed="assets", upload=upload, by=user)
    print(services.confirm_upload(batch=batch, by=user).pk)


def run(job_id: str) -> None:
    """What a worker does."""
    jobs.run(int(job_id))


def sweep() -> None:
    """What beat does, five minutes later."""
    jobs.sweep(at=timezone.now() + dt.timedelta(minutes=5))


def main(verb: str, *arguments: str) -> None:
    current_app.send_task = lambda *_args, **_options: None  # type: ignore[method-assign,assignment]
    verbs: dict[str, Any] = {"confirm": confirm, "run": run, "sweep": sweep}
    verbs[verb](*arguments)
