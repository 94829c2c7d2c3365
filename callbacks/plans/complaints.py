"""A complaint was answered: who complained is called by somebody who had nothing to do with it.

The event `complaint.answered` says `complaint` (its number), `client` (primary key) or `contact` ({"name", "key": hex
digest of the number, "masked", "sealed": base64, purpose `client.phone`}), `handlers` (primary keys of who dealt with
it), and may say `answered_on` (ISO day) and `about` (in a few words).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from callbacks.calls.choices import ReasonKind
from callbacks.plans.making import make
from callbacks.plans.models import Making, Plan
from callbacks.plans.occasions import Contact, Occasion

ANSWERED = "complaint.answered"


def after_complaint(*, payload: Mapping[str, Any], at: dt.datetime | None = None) -> list[Making]:
    """Make the call about one answered complaint. Raises KeyError for an event that misses what it must say, and
    NoCallCentre: the event is delivered again until there is one."""
    at = at or timezone.now()
    day = timezone.localdate(at)
    facts = {
        "complaint_no": payload["complaint"],
        "answered_on": payload.get("answered_on", f"{day:%F}"),
        "about": payload.get("about", ""),
    }
    values = {
        "client": payload.get("client"),
        "complaint": payload["complaint"],
        "facts": json.dumps(facts),
        "handlers": list(payload["handlers"]),
    }
    contact = None if payload.get("client") else _contact(payload["contact"])
    occasion = Occasion(f"complaint:{payload['complaint']}"[:60], day, values, contact)
    plans = Plan.objects.filter(kind=ReasonKind.COMPLAINT_ANSWERED, paused_at=None).order_by("rank", "code")
    makings = [make(plan=plan, occasion=occasion, at=at) for plan in plans]
    return [making for making in makings if making]


def _contact(given: Mapping[str, Any]) -> Contact:
    sealed = given.get("sealed")
    return Contact(given["name"], given["key"], given.get("masked", ""), base64.b64decode(sealed) if sealed else None)
