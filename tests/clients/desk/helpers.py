"""What the tests of these pages share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client as Browser

from clients.profile.models import Client
from clients.segmentation.models import Standing
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
