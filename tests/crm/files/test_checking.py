"""Every stored file is read again in turn; what is damaged is found, told and never forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from crm.events.models import Event
from crm.events.services import deliver_event
from crm.files import checking, owners, tasks
from crm.files.choices import Fault
from crm.files.models import StoredFile
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.messaging.models import Notice
from tests.factories.files import on_disk, stored
from tests.factories.people import person

pytestmark = pytest.mark.django_db

NIGHT = dt.datetime(2026, 11, 25, 19, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def check(night: dt.datetime) -> checking.Checked:
    return checking.check_share(at=night, say=lambda done, total: None)


@pytest.fixture
def found() -> Iterator[None]:
    @owners.owners("test")
    def find(file: StoredFile) -> list[owners.Owner]:
        return [owners.Owner("Recording 7", "/recordings/7/")]

    yield
    owners.forget("test")


def test_all_are_read_within_the_nights(settings: Any) -> None:
    settings.FILE_CHECK_NIGHTS = 3
    for number in range(8):
        stored(b"%d" % number, at=NIGHT)
    read = [check(NIGHT + n * DAY).files for n in range(3)]
    assert sum(read) >= 8
    assert max(read) == 3
    assert not StoredFile.objects.filter(checked_at=None).exists()


def test_nights_that_failed_are_caught_up(settings: Any) -> None:
    settings.FILE_CHECK_NIGHTS = 30
    for number in range(5):
        stored(b"%d" % number, at=NIGHT)
    assert check(NIGHT).files == 1
    assert check(NIGHT + 31 * DAY).files == 5


@pytest.mark.parametrize(
    ("spoil", "fault"), [("alter", Fault.ALTERED), ("cut", Fault.ALTERED), ("lose", Fault.MISSING)]
)
@pytest.mark.usefixtures("found")
def test_damage_is_marked_told_once_and_looked_at_every_night(spoil: str, fault: Fault, settings: Any) -> None:
    settings.FILE_CHECK_NIGHTS = 1000
    officer, agent = person("compliance"), person("call_centre_agent")
    file, others = stored(b"voice", at=NIGHT), [stored(b"%d" % n, at=NIGHT) for n in range(3)]
    path = on_disk(file)
    if spoil == "lose":
        path.unlink()
    else:
        path.write_bytes(b"noise" if spoil == "alter" else b"voi")
    for n in range(6):
        check(NIGHT + n * DAY)
    file.refresh_from_db()
    assert file.fault == fault
    assert file.checked_at == NIGHT + 5 * DAY
    event = Event.objects.get(name="files.damaged")
    deliver_event(event.pk)
    notice = Notice.objects.get(user=officer)
    assert (notice.url, notice.is_loud) == ("/recordings/7/", True)
    assert "Recording 7" in notice.text
    assert not Notice.objects.filter(user=agent).exists()
    assert not StoredFile.objects.filter(pk__in=[one.pk for one in others]).exclude(fault="").exists()


def test_what_is_put_back_is_whole_again(settings: Any) -> None:
    file = stored(b"voice", at=NIGHT)
    on_disk(file).unlink()
    check(NIGHT)
    stored(b"another", at=NIGHT)
    on_disk_again = stored(b"voice", at=NIGHT)
    check(NIGHT + DAY)
    on_disk_again.refresh_from_db()
    assert on_disk_again.is_intact


def test_a_night_is_a_job_that_exists_once() -> None:
    stored(b"voice")
    tasks.check()
    tasks.check()
    job = Job.objects.get(kind="files.check", key=timezone.localdate().isoformat())
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"files": 1, "damaged": 0})
