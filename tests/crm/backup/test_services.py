"""What a backup holds, and every reason for which one is not put back."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from crm.backup import database, parcels, services
from crm.backup.errors import BackupError
from tests.factories.people import person

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 22, 3, 15, tzinfo=dt.UTC)
NAME = "crm-20261122-031500"


def quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """A backup of the test database, made once; a dump needs a transaction of its own."""
    home = tmp_path_factory.mktemp("backup")
    (home / "files").mkdir()
    (home / "files" / "upload.csv").write_text("x")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=home / "files"):
        services.make(to=home / "to", keys_to=home / "keys", at=AT, say=quiet)
    return home


@pytest.fixture
def made(kept: Path, tmp_path: Path) -> dict[str, Any]:
    """A copy of it that a test may damage."""
    for part in ("to", "keys"):
        shutil.copytree(kept / part, tmp_path / part)
    return {"backup": tmp_path / "to" / NAME, "keys": tmp_path / "keys" / f"{NAME}.keys.tar"}


def put_back(made: dict[str, Any], **others: Path) -> dict[str, Any]:
    places = {"folder": Path(made["backup"]), "keys": Path(made["keys"])} | others
    return services.put_back(**places, say=quiet)


def test_what_is_in_it(made: dict[str, Any]) -> None:
    folder = Path(made["backup"])
    assert sorted(path.name for path in folder.iterdir()) == ["database.dump", "files.tar", "manifest.json"]
    manifest = services.read(folder)
    assert manifest["tables"]["crm_calendarday"]["rows"] > 365
    assert manifest["files"] == 1
    assert "keys" not in [path.name for path in folder.iterdir()], "the keys are kept apart"
    assert Path(made["keys"]).stat().st_mode & 0o077 == 0


def test_the_digest_of_a_table_sees_every_change_and_no_order() -> None:
    first = person()
    before = database.contents()
    assert database.contents() == before
    first.name = "李四"
    first.save()
    after = database.contents()
    assert after["crm_user"]["rows"] == before["crm_user"]["rows"]
    assert after["crm_user"]["digest"] != before["crm_user"]["digest"]
    assert after["crm_unit"] == before["crm_unit"]


def test_two_in_one_second(made: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="already"):
        services.make(to=tmp_path / "to", keys_to=tmp_path / "keys", at=AT, say=quiet)
    assert Path(made["backup"]).is_dir()


def test_one_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_dump", lambda _target: {})
    monkeypatch.setattr(parcels, "pack", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.make(to=tmp_path / "to", keys_to=tmp_path / "keys", at=AT, say=quiet)
    assert list((tmp_path / "to").iterdir()) == []
    assert list((tmp_path / "keys").iterdir()) == []


class TestRefusals:
    def test_a_database_that_is_not_empty(self, made: dict[str, Any]) -> None:
        with pytest.raises(BackupError, match="not empty"):
            put_back(made)

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="holds no backup"):
            services.read(tmp_path)

    @pytest.mark.parametrize("part", ["database.dump", "files.tar"])
    def test_a_damaged_part(self, made: dict[str, Any], part: str) -> None:
        path = Path(made["backup"]) / part
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        with pytest.raises(BackupError, match=f"{part} is not what was backed up"):
            put_back(made)

    def test_a_missing_part(self, made: dict[str, Any]) -> None:
        (Path(made["backup"]) / "files.tar").unlink()
        with pytest.raises(BackupError, match=r"files\.tar is missing"):
            put_back(made)

    def test_a_manifest_that_is_no_json(self, made: dict[str, Any]) -> None:
        (Path(made["backup"]) / "manifest.json").write_text("{")
        with pytest.raises(BackupError, match="holds no backup"):
            put_back(made)

    def test_other_keys(self, made: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "is_empty", lambda: True)
        (tmp_path / "other.tar").write_bytes(b"x")
        for keys in (tmp_path / "other.tar", tmp_path / "nothing.tar"):
            with pytest.raises(BackupError, match="does not hold the keys"):
                put_back(made, keys=keys)


def test_the_command_says_why_not(made: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(made["backup"]), keys=made["keys"])
