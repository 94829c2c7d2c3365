"""Files that people bring: kept, previewed, confirmed and loaded by a worker, or discarded."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import stat
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from clients.feeds import batches, services, sift, uploads
from clients.feeds.load import Load
from clients.feeds.models import FeedBatch
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import User
from tests.clients.feeds.loading import figures, rows
from tests.factories.people import person

pytestmark = [pytest.mark.usefixtures("clients", "today")]

ASSETS = "client_no,date,cash,securities\n"
TEXT = ASSETS + "C1,2026-11-20,1,2\nC9,2026-11-20,1,2\n"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.events.nudge.current_app.send_task", lambda *_args, **_options: None)


@pytest.fixture
def sender(db: None) -> User:
    return person("operations_centre", language="en")


def store(by: User, content: bytes | str = TEXT, name: str = "assets.csv", **options: Any) -> FeedBatch:
    data = content.encode() if isinstance(content, str) else content
    return services.store_upload(feed="assets", upload=SimpleUploadedFile(name, data), by=by, **options)


def workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(row.split(",") for row in TEXT.splitlines()):
            sheet.write_row(line, 0, cells)
    return file.getvalue()


def test_upload_waits_for_confirmation(sender: User) -> None:
    batch = store(sender, business_date=dt.date(2026, 11, 20), rows_stated=2)
    assert (batch.state, batch.source, batch.by, batch.file_name) == ("uploaded", "upload", sender, "assets.csv")
    assert (batch.business_date, batch.rows_stated, batch.size) == (dt.date(2026, 11, 20), 2, len(TEXT))
    path = uploads.path_of(batch)
    assert path.read_text() == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "it may hold personal data"
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", TEXT.encode()), ("a.csv.gz", gzip.compress(TEXT.encode(), mtime=0)), ("A.XLSX", workbook())],
)
def test_preview_counts_and_changes_nothing(sender: User, name: str, content: bytes) -> None:
    batch = store(sender, content, name)
    outcome = services.preview(batch)
    assert figures(outcome) == {"rows": 2, "inserted": 1, "rejected": 1}
    assert outcome.errors == [(3, "client_no", "no client has the number “C9”")]
    assert outcome.batch is None
    batch.refresh_from_db()
    assert batch.state == "uploaded"
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]


def test_preview_of_what_cannot_be_loaded(sender: User) -> None:
    with pytest.raises(services.FeedRefused, match="3 rows were announced"):
        services.preview(store(sender, rows_stated=3))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("assets.csv", gzip.compress(TEXT.encode(), mtime=0), r"ends in .csv, but the content is .csv.gz"),
        ("assets.csv", workbook(), r"ends in .csv, but the content is .xlsx"),
        ("assets.xlsx", TEXT.encode(), r"ends in .xlsx, but the content is .csv"),
        ("assets.csv.gz", TEXT.encode(), r"ends in .csv.gz, but the content is .csv"),
        ("assets.exe", TEXT.encode(), "Only .csv, .csv.gz and .xlsx"),
        ("assets.csv", b"", "empty"),
    ],
)
def test_upload_that_is_not_what_its_name_says(sender: User, name: str, content: bytes, words: str) -> None:
    with pytest.raises(services.FeedRefused, match=words):
        store(sender, content, name)
    assert not FeedBatch.objects.exists()


def test_name_of_the_upload_goes_nowhere_near_the_disk(sender: User) -> None:
    batch = store(sender, name="../../../etc/assets.csv")
    assert uploads.path_of(batch).parent.name == "uploads"
    assert "/" not in uploads.path_of(batch).name


def test_confirmed_upload_is_loaded_by_a_worker(sender: User) -> None:
    batch = store(sender)
    job = services.confirm_upload(batch=batch, by=sender)
    assert (job.kind, job.key, job.requested_by, batch.state) == ("feed.import", str(batch.pk), sender, "running")
    path = uploads.path_of(batch)
    assert jobs.run(job.pk)
    batch.refresh_from_db()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"batch": batch.pk, "rejected": 1})
    assert (batch.state, batch.inserted, batch.rejected) == ("partly", 1, 1)
    assert not path.exists(), "the file is not kept longer than it is needed"
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(1,)]


def test_reasons_are_in_the_language_of_who_brought_the_file(sender: User) -> None:
    batch = store(sender)
    jobs.run(services.confirm_upload(batch=batch, by=sender).pk)
    batch.refresh_from_db()
    assert batch.first_errors == [[3, "client_no", "no client has the number “C9”"]]


def test_confirmed_upload_that_cannot_be_loaded(sender: User) -> None:
    batch = store(sender, rows_stated=5)
    job = services.confirm_upload(batch=batch, by=sender)
    jobs.run(job.pk)
    batch.refresh_from_db()
    job.refresh_from_db()
    assert batch.state == job.state == "failed"
    assert "5 rows were announced" in batch.message
    assert job.error == batch.message
    assert not uploads.path_of(batch).exists()


def test_upload_is_confirmed_once(sender: User) -> None:
    batch = store(sender)
    services.confirm_upload(batch=batch, by=sender)
    for again in (services.confirm_upload, services.discard_upload):
        with pytest.raises(services.FeedRefused, match="waits no longer"):
            again(batch=batch, by=sender)
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_discarded_upload_is_gone(sender: User) -> None:
    batch = store(sender)
    services.discard_upload(batch=batch, by=sender)
    assert (batch.state, batch.ended_at is not None) == ("discarded", True)
    assert not uploads.path_of(batch).exists()
    with pytest.raises(services.FeedRefused, match="waits no longer"):
        services.confirm_upload(batch=batch, by=sender)


@pytest.mark.django_db(transaction=True)
def test_uploads_that_nobody_confirms_are_discarded_after_a_week(sender: User) -> None:
    old, young = store(sender), store(sender)
    FeedBatch.objects.filter(pk=old.pk).update(created_at=old.created_at - dt.timedelta(days=8))
    assert uploads.discard_forgotten() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == ("discarded", "uploaded")
    assert (uploads.path_of(old).exists(), uploads.path_of(young).exists()) == (False, True)


def test_job_that_was_interrupted_is_done_again(sender: User) -> None:
    """The sweep leaves a batch alone whose job will be tried again."""
    batch = store(sender)
    job = services.confirm_upload(batch=batch, by=sender)
    assert batches.sweep() == 0
    jobs.run(job.pk)
    batch.refresh_from_db()
    assert batch.state == "partly"


def test_job_that_was_given_up_leaves_a_failed_batch(sender: User) -> None:
    batch = store(sender)
    job = services.confirm_upload(batch=batch, by=sender)
    jobs.cancel(job, by=sender)
    assert batches.sweep() == 1
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert batch.message == "The import was interrupted. Nothing was taken; load the file again."


def test_job_that_is_cancelled_while_it_runs_takes_nothing(sender: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = store(sender)
    job = services.confirm_upload(batch=batch, by=sender)

    real = sift.read_days

    def cancel_meanwhile(load: Load) -> None:
        jobs.cancel(job, by=sender)
        real(load)

    monkeypatch.setattr("clients.feeds.engine.read_days", cancel_meanwhile)
    jobs.run(job.pk)
    batch.refresh_from_db()
    job.refresh_from_db()
    assert (job.state, batch.state, batch.message) == ("cancelled", "failed", "Stopped by hand. Nothing was taken.")
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]


def test_who_may_not_load_the_feed(sender: User) -> None:
    batch = store(sender)
    stranger = person("customer_manager")
    with pytest.raises(PermissionDenied, match="operations centre"):
        store(stranger)
    for act in (services.confirm_upload, services.discard_upload):
        with pytest.raises(PermissionDenied):
            act(batch=batch, by=stranger)
