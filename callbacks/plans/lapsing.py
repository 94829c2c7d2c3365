"""Ending by sets what is no reason to call any more."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import structlog
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.plans.making import alone
from callbacks.plans.sources import OUTLIVES_CLOSING
from callbacks.plans.sql import lapsing as sql
from crm.audit.services import acting
from crm.events.services import publish

log = structlog.get_logger(__name__)

LAPSED = "calls.lapsed"


class Lapsed(NamedTuple):
    """How many reasons ended, and how many calls with them."""

    reasons: int
    calls: int


def lapse(*, at: dt.datetime | None = None) -> Lapsed:
    """End reasons whose client no longer matches, and calls that have none left. Never what somebody has claimed."""
    at = at or timezone.now()
    values: dict[str, Any] = {"at": at, "outlive": list(OUTLIVES_CLOSING), "words": _("One of its reasons lapsed.")}
    with alone(), acting(by=None), connection.cursor() as cursor:
        cursor.execute(sql.DROP)
        cursor.execute(sql.GONE, values)
        cursor.execute(sql.END_REASONS, values)
        reasons = cursor.rowcount
        if not reasons:
            return Lapsed(0, 0)
        cursor.execute(sql.END_CALLS, values)
        done = Lapsed(reasons, cursor.rowcount)
        cursor.execute(sql.LESSEN, values)
        publish(LAPSED, done._asdict(), at=at)
    log.info("calls_lapsed", **done._asdict())
    return done
