"""Approved corrections go out in files that the clients feed itself could take; each once, each logged."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from clients.care.models import ManagerAssignment
from clients.corrections import outbox
from clients.corrections.models import CorrectionFile
from clients.feeds import outgoing
from clients.profile.models import Client
from crm.celery import app
from crm.events.models import Event
from crm.organisation.models import User
from tests.clients.desk.helpers import get
from tests.factories.care import approved, correction, handed_over
from tests.factories.clients import client


def out() -> list[Path]:
    return sorted(path for path in (Path(settings.FEEDS_DIR) / "out").glob("*") if path.is_file())


def content(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def sent(by: User, capture: Any) -> list[CorrectionFile]:
    with capture(execute=True):
        return outgoing.send(by=by)


def test_a_file_for_each_set_of_fields(
    one: Client, clerk: User, director: User, centre: User, django_capture_on_commit_callbacks: Any
) -> None:
    """An empty cell clears a field, so no row has a cell that was not corrected."""
    other = client(client_no="C2", branch=one.branch)
    third = client(client_no="C3", branch=one.branch)
    approved(one, clerk, director, "139 0000 1111", "phone")
    approved(one, clerk, director, "zhang@example.com", "email")
    approved(other, clerk, director, "13900002222", "phone")
    approved(third, clerk, director, "", "phone")
    correction(third, clerk, "a@b.cn", "email")

    files = sent(centre, django_capture_on_commit_callbacks)

    assert [content(outbox.path_of(file)) for file in files] == [
        [["client_no", "phone"], ["C2", "13900002222"], ["C3", ""]],
        [["client_no", "phone", "email"], ["C1", "139 0000 1111", "zhang@example.com"]],
    ]
    assert [path.name for path in out()] == sorted(file.file_name for file in files)
    assert [file.rows for file in files] == [2, 1]
    for file in files:
        assert file.sha256 == hashlib.sha256(outbox.path_of(file).read_bytes()).hexdigest()
        assert oct(outbox.path_of(file).stat().st_mode)[-3:] == "600"
    assert set(one.corrections.values_list("state", "file")) == {("sent", files[1].pk)}
    assert set(third.corrections.values_list("field", "state")) == {("phone", "sent"), ("email", "proposed")}
    assert Event.objects.filter(name="corrections.sent").count() == 2


def test_sent_once(
    one: Client, clerk: User, director: User, centre: User, django_capture_on_commit_callbacks: Any
) -> None:
    approved(one, clerk, director)
    assert len(sent(centre, django_capture_on_commit_callbacks)) == 1
    assert sent(centre, django_capture_on_commit_callbacks) == []
    assert len(out()) == 1


def test_who_may_send(one: Client, clerk: User, director: User) -> None:
    approved(one, clerk, director)
    with pytest.raises(PermissionDenied):
        outgoing.send(by=director)
    assert not CorrectionFile.objects.exists()


def test_what_fails_leaves_no_file_for_the_core_system(one: Client, clerk: User, director: User, centre: User) -> None:
    approved(one, clerk, director)
    with transaction.atomic():
        outgoing.send(by=centre)
        transaction.set_rollback(True)
    assert out() == []
    assert outbox.put_out() == 0
    assert out() == []
    assert one.corrections.get().state == "approved"


def test_what_a_kill_held_back_is_put_out_later_and_what_failed_is_thrown_away(
    one: Client, clerk: User, director: User, centre: User
) -> None:
    """Between commit and putting out a process may die: the file lies in the making then."""
    approved(one, clerk, director)
    (file,) = outgoing.send(by=centre)
    failed = outbox.path_of(file).with_name("corrections-20260101-999.csv")
    failed.write_text("client_no\n")
    assert out() == []

    assert outbox.put_out() == 1
    assert [path.name for path in out()] == [file.file_name]
    assert failed.exists()
    outbox.put_out(now=os.stat(failed).st_mtime + 3601)
    assert not failed.exists()


class TestOnSchedule:
    """Once each exchange day, by the same service, where something waits."""

    FRIDAY = dt.datetime(2026, 11, 20, 18, tzinfo=ZoneInfo("Asia/Shanghai"))

    def test_what_was_approved_goes_out_by_itself_once(
        self, one: Client, clerk: User, director: User, centre: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = approved(one, clerk, director)
        correction(client(client_no="C2", branch=one.branch), clerk)
        with django_capture_on_commit_callbacks(execute=True):
            (file,) = outgoing.send_on_schedule(at=self.FRIDAY)
        assert (file.made_by, file.made_at, file.rows) == (None, self.FRIDAY, 1)
        assert content(out()[0]) == [["client_no", "phone"], ["C1", "13900001111"]]
        made.refresh_from_db()
        assert (made.state, made.file) == ("sent", file)
        assert outgoing.send_on_schedule(at=self.FRIDAY + dt.timedelta(minutes=1)) == []
        assert outgoing.send(by=centre) == []
        assert "on schedule" in get(centre, "/outgoing/").content.decode()

    def test_a_change_of_manager_stands_in_every_file_until_the_core_system_has_it(
        self, one: Client, director: User, centre: User
    ) -> None:
        """One of a hand-over that was dated before the last file and ended after it is in none yet, and not new."""
        handed_over(one, director)
        (file,) = outgoing.send(by=centre)
        assert [row[0] for row in content(outbox.path_of(file))] == ["client_no", "C1"]
        late = handed_over(client(client_no="C2", branch=one.branch), director)
        late.assignments.update(at=file.made_at - dt.timedelta(seconds=50))
        assert outgoing.send(by=centre) == []
        at = self.FRIDAY + dt.timedelta(days=7)
        (again,) = outgoing.send_on_schedule(at=at)
        new = late.assignments.get().new_manager
        assert new is not None
        assert content(outbox.path_of(again))[::2] == [["client_no", "manager_no"], ["C2", new.staff_no]]
        ManagerAssignment.objects.update(state="confirmed", settled_at=at)
        assert outgoing.send_on_schedule(at=at + dt.timedelta(days=3)) == []

    def test_no_files_where_nothing_is_approved(self, one: Client, clerk: User) -> None:
        correction(one, clerk)
        assert outgoing.send_on_schedule(at=self.FRIDAY) == []
        assert not CorrectionFile.objects.exists()

    @pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-10-01"])
    def test_not_on_other_days(self, one: Client, clerk: User, director: User, day: str) -> None:
        approved(one, clerk, director)
        at = dt.datetime.fromisoformat(f"{day}T18:00:00+08:00")
        assert outgoing.send_on_schedule(at=at) == []
        assert not CorrectionFile.objects.exists()

    def test_the_day_is_the_firm_s(self, one: Client, clerk: User, director: User) -> None:
        """Friday 17:00 in London is Saturday in Shanghai."""
        approved(one, clerk, director)
        assert outgoing.send_on_schedule(at=dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)) == []
        assert len(outgoing.send_on_schedule(at=dt.datetime(2026, 11, 19, 17, tzinfo=dt.UTC))) == 1

    def test_the_task_stands_in_the_schedule_at_the_hour_of_the_settings(
        self, one: Client, clerk: User, director: User
    ) -> None:
        entry: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE["outgoing-send"]
        assert (entry["schedule"].hour, entry["schedule"].minute) == ({settings.OUTGOING_HOUR}, {0})
        approved(one, clerk, director)
        with time_machine.travel(self.FRIDAY, tick=False):
            app.tasks[entry["task"]]()
        assert CorrectionFile.objects.get().made_at == self.FRIDAY
