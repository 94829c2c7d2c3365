"""Stored once, kept for years, by whoever asks the database too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import Error, IntegrityError, connection, transaction

from crm.backup.parcels import pack, sha256_of, unpack
from crm.files import folder, services
from crm.files.choices import Fault
from crm.files.models import StoredFile
from tests.factories.files import on_disk, stored

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)


@pytest.fixture
def runtime() -> Iterator[None]:
    """What the product's own role may do."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {configured.DATABASE_RUNTIME_ROLE}")
        yield
        cursor.execute("RESET ROLE")


def refusal(statement: str) -> str:
    """Why the database refuses; empty when it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return str(error)
    return ""


def test_the_same_content_is_stored_once_and_kept_longer() -> None:
    first = stored(b"voice", at=NOON)
    again = stored(b"voice", at=NOON + dt.timedelta(days=400))
    assert first.pk == again.pk
    assert first.retained_until == dt.date(2046, 11, 25)
    assert again.retained_until == dt.date(2047, 12, 30)
    assert stored(b"voice", at=NOON).retained_until == dt.date(2047, 12, 30)  # never shorter


def test_a_leap_day_ends_on_the_first_of_march() -> None:
    assert services.retained_until(dt.date(2024, 2, 29), 20) == dt.date(2044, 2, 29)
    assert services.retained_until(dt.date(2080, 2, 29), 20) == dt.date(2100, 3, 1)


def test_what_is_brought_again_heals_what_was_damaged() -> None:
    file = stored(b"voice")
    on_disk(file).write_bytes(b"noise")
    services.record_check(stored_id=file.pk, fault=Fault.ALTERED, at=NOON)
    healed = stored(b"voice")
    assert healed.is_intact
    assert folder.path_of(file.sha256).read_bytes() == b"voice"


def test_a_transaction_taken_back_leaves_no_row() -> None:
    with transaction.atomic():
        stored(b"voice")
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()
    assert stored(b"voice").size == 5


@pytest.mark.usefixtures("runtime")
def test_the_running_product_deletes_and_changes_nothing() -> None:
    file = stored(b"voice")
    for statement in (
        "DELETE FROM crm_storedfile",
        "TRUNCATE crm_storedfile",
        "UPDATE crm_storedfile SET sha256 = repeat('0', 64)",
        "UPDATE crm_storedfile SET size = 1",
        "UPDATE crm_storedfile SET mime = 'text/html'",
        "DELETE FROM callbacks_recording",
        "UPDATE callbacks_recording SET file_id = 1",
        "DELETE FROM callbacks_telephonyevent",
        "UPDATE callbacks_telephonyevent SET ref = ''",
    ):
        assert "permission denied" in refusal(statement), statement
    assert "not shorter" in refusal(f"UPDATE crm_storedfile SET retained_until = '2027-01-01' WHERE id = {file.pk}")
    services.record_check(stored_id=file.pk, fault=Fault.NONE, at=NOON)


def test_the_owner_of_the_tables_waits_too() -> None:
    file = stored(b"voice")
    for statement in (
        f"DELETE FROM crm_storedfile WHERE id = {file.pk}",
        f"UPDATE crm_storedfile SET retained_until = '2027-01-01' WHERE id = {file.pk}",
    ):
        assert "is kept until" in refusal(statement)
    assert "never changes" in refusal(f"UPDATE crm_storedfile SET mime = 'text/html' WHERE id = {file.pk}")


def test_it_may_go_when_its_time_is_over() -> None:
    file = stored(b"voice", at=dt.datetime(1999, 1, 2, tzinfo=dt.UTC))
    assert refusal(f"DELETE FROM crm_storedfile WHERE id = {file.pk}") == ""


@pytest.mark.parametrize("change", [{"sha256": "A" * 64}, {"size": 0}])
def test_a_row_that_names_no_content_is_refused(change: dict[str, Any]) -> None:
    fields = {"sha256": "a" * 64, "size": 1, "mime": "audio/wav", "stored_at": NOON, "retained_until": NOON.date()}
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(**(fields | change))


def test_a_backup_has_them(settings: Any, tmp_path: Path) -> None:
    file = stored(b"voice")
    assert pack(Path(settings.MEDIA_ROOT), tmp_path / "files.tar") == 1
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    unpack(tmp_path / "files.tar", tmp_path / "elsewhere")
    assert sha256_of(folder.path_of(file.sha256)) == file.sha256
