"""What the tests of the imports pages share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone
from factory.django import DjangoModelFactory

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.models import FeedBatch
from crm.access.middleware import HAS_CODE
from crm.organisation.models import User

ENDED = (BatchState.DONE, BatchState.PARTLY, BatchState.FAILED, BatchState.DISCARDED)
ASSETS = "client_no,date,cash,securities\n"


class FeedBatchFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = FeedBatch

    feed = "assets"
    file_name = factory.Sequence(lambda n: f"assets-{n}.csv")
    source = BatchSource.FOLDER
    state = BatchState.DONE
    created_at = factory.LazyFunction(timezone.now)
    ended_at = factory.LazyAttribute(lambda made: made.created_at if made.state in ENDED else None)


def batch(**fields: Any) -> FeedBatch:
    made: FeedBatch = FeedBatch.objects.get(pk=FeedBatchFactory(**fields).pk)
    return made


def browser_of(user: User | None, language: str = "en") -> Browser:
    """A browser in which `user` is signed in, with his one-time code where his role asks for one."""
    browser = Browser(headers={"accept-language": language})
    if user is not None:
        browser.force_login(user, backend="crm.access.backends.AppointmentBackend")
        session = browser.session
        session[HAS_CODE] = True
        session.save()
    return browser


def upload(text: str | bytes, name: str = "assets.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def fields(text: str | bytes, name: str = "assets.csv", **more: str) -> dict[str, Any]:
    """The upload form as sent."""
    return {"file": upload(text, name), "feed": "assets", "business_date": "", "rows_stated": "", **more}


def at(day: dt.date, hour: int = 18, minute: int = 40) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
