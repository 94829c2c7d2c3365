"""Telling the workers that something waits. Never needed for correctness: sweeps find whatever a nudge lost."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)

SILENCE_SECONDS = 30.0  # a broker that is away holds a caller up for seconds: ask it once in this time
_silent_until = 0.0


def nudge_after_commit(task: str, *args: Any, queue: str | None = None) -> None:
    """Send a Celery task once the running transaction is committed; a broker that is away is only logged."""
    transaction.on_commit(lambda: nudge(task, *args, queue=queue), robust=True)


def nudge(task: str, *args: Any, queue: str | None = None) -> bool:
    """Send a Celery task now. False when the broker could not be reached."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    options: dict[str, Any] = {"queue": queue} if queue else {}
    try:
        current_app.send_task(task, list(args), retry=False, **options)
    except Exception as error:  # whatever the broker raises, what waits is safe in the database
        _silent_until = time.monotonic() + SILENCE_SECONDS
        log.warning("nudge_lost", task=task, args=args, error=str(error))
        return False
    return True
