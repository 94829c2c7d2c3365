"""What the tests of these pages share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from clients.profile.models import Client
from clients.segmentation.choices import ChangeKind, Group, RunKind, Style, Tier
from clients.segmentation.models import Policy, Run, SegmentChange, Standing
from crm.access.middleware import HAS_CODE
from crm.organisation.models import User


def stand(one: Client, **fields: Any) -> Client:
    """Set what segmentation would have written."""
    Standing.objects.filter(client=one).update(**fields)
    return one


def browser_of(user: User | None, language: str = "en") -> Browser:
    """A browser in which `user` is signed in."""
    browser = Browser()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if user is not None:
        browser.force_login(user, backend="crm.access.backends.AppointmentBackend")
        session = browser.session
        session[HAS_CODE] = True  # the one-time code of headquarters roles has tests of its own
        session.save()
    return browser


def get(user: User | None, url: str, language: str = "en", **headers: str) -> Any:
    """The answer to `user` asking for `url`."""
    return browser_of(user, language).get(url, headers=headers)


def make_run(as_of: dt.date, **fields: Any) -> Run:
    """A committed run of the first policy; by default no baseline."""
    values: dict[str, Any] = {
        "policy": Policy.objects.get(version=1),
        "kind": RunKind.NIGHTLY,
        "clients": 0,
        "changed": 0,
        "summary": {},
        "started_at": timezone.now(),
        "ended_at": timezone.now(),
    }
    return Run.objects.create(as_of=as_of, **(values | fields))


def make_change(run: Run, one: Client, **fields: Any) -> SegmentChange:
    """A change of `one` in `run`: of nothing but what `fields` say."""
    values: dict[str, Any] = {
        "kind": ChangeKind.CHANGE,
        "announced": True,
        "old_tier": Tier.SILVER,
        "tier": Tier.SILVER,
        "old_style": Style.INVESTOR,
        "old_group": Group.GENERAL,
        "branch_id": one.branch_id,
    }
    return SegmentChange.objects.create(run=run, client=one, as_of=run.as_of, **(values | fields))


def outflow(day: dt.date, size: str = "550000.00", before: str = "858400.00") -> dict[str, Any]:
    """The reasons of a client from whom money went out."""
    return {"movements": [{"kind": "outflow", "day": f"{day}", "size": size, "before": before}]}
