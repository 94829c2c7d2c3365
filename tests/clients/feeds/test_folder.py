"""The watched folder."""

from __future__ import annotations

import datetime as dt
import fcntl
import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from clients.feeds import folder, tasks
from clients.feeds.folder import Named, parse_name
from clients.feeds.models import FeedBatch
from tests.clients.feeds.loading import rows

pytestmark = [pytest.mark.usefixtures("clients", "today")]

ASSETS = "client_no,date,cash,securities\n"
ROW = "C1,2026-11-20,1,2\n"


@pytest.fixture
def inbox(settings: Any) -> Path:
    path = Path(settings.FEEDS_DIR) / "in"
    path.mkdir(parents=True)
    return path


def put(inbox: Path, name: str, content: str | bytes, age: int = 60) -> Path:
    path = inbox / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    written = timezone.now().timestamp() - age
    os.utime(path, (written, written))
    return path


def names(inbox: Path, where: str) -> list[str]:
    """The files of a folder, without hidden ones."""
    return sorted(path.name for path in (inbox.parent / where).iterdir() if not path.name.startswith("."))


@pytest.mark.parametrize(
    ("name", "feed", "day", "count"),
    [
        ("assets.csv", "assets", None, None),
        ("assets_2026-11-20.csv.gz", "assets", dt.date(2026, 11, 20), None),
        ("assets_2026-11-20_1000000.csv.gz", "assets", dt.date(2026, 11, 20), 1_000_000),
        ("assets_500.csv", "assets", None, 500),
        ("risk_assessments_2026-11-20_3.csv", "risk_assessments", dt.date(2026, 11, 20), 3),
        ("service_records_2026-11-20_part2.csv", "service_records", dt.date(2026, 11, 20), None),
        ("trades-evening.xlsx", "trades", None, None),
        ("Clients_2026-11-20.CSV", "clients", dt.date(2026, 11, 20), None),
    ],
)
def test_what_a_name_says(name: str, feed: str, day: dt.date | None, count: int | None) -> None:
    named = parse_name(name)
    assert named is not None
    assert (named.feed, named.business_date, named.rows) == (feed, day, count)


@pytest.mark.parametrize("name", ["prices.csv", "assets.txt", "assetsandmore.csv", "assets_2026-13-45.csv", "readme"])
def test_names_that_say_nothing(name: str) -> None:
    assert parse_name(name) is None
    assert Named("x", 0, None, None) != parse_name(name)


def test_file_is_loaded_and_put_away(inbox: Path) -> None:
    put(inbox, "assets_2026-11-20_1.csv.gz", gzip.compress((ASSETS + ROW).encode()))
    assert folder.watch() == 1
    batch = FeedBatch.objects.get()
    assert (batch.feed, batch.source, batch.file_name, batch.by) == (
        "assets",
        "folder",
        "assets_2026-11-20_1.csv.gz",
        None,
    )
    assert (batch.state, batch.business_date, batch.rows_stated) == ("done", dt.date(2026, 11, 20), 1)
    assert (names(inbox, "in"), names(inbox, "done"), names(inbox, "failed")) == (
        [],
        ["assets_2026-11-20_1.csv.gz"],
        [],
    )
    assert folder.watch() == 0


def test_rejected_rows_lie_beside_the_file(inbox: Path) -> None:
    put(inbox, "assets.csv", ASSETS + ROW + "C9,2026-11-20,1,2\n")
    folder.watch()
    assert names(inbox, "done") == ["assets.csv", "assets.csv.errors.csv"]
    errors = (inbox.parent / "done" / "assets.csv.errors.csv").read_text()
    assert errors == "line,column,reason\n3,client_no,no client has the number “C9”\n"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("assets_2026-11-20_7.csv", ASSETS + ROW, "7 rows were announced, the file has 1"),
        ("assets.csv.gz", b"\x1f\x8b broken", "damaged or cut off"),
        ("prices.csv", "a,b\n1,2\n", "The file's name says no feed"),
        ("assets_2027-01-01.csv", ASSETS, "is after tomorrow"),
    ],
)
def test_what_cannot_be_loaded_goes_to_failed_with_the_reason(
    inbox: Path, name: str, content: str | bytes, words: str
) -> None:
    put(inbox, name, content)
    put(inbox, "assets_2026-11-19.csv", ASSETS + ROW)
    assert folder.watch() == 2, "one does not hold up the others"
    assert names(inbox, "failed") == [name, f"{name}.errors.csv"]
    assert words in (inbox.parent / "failed" / f"{name}.errors.csv").read_text()
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(1,)]


def test_error_of_ours_goes_to_failed_too(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_args: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("clients.feeds.engine.sift", stumble)
    put(inbox, "assets.csv", ASSETS + ROW)
    assert folder.watch() == 1
    assert names(inbox, "failed") == ["assets.csv", "assets.csv.errors.csv"]
    assert FeedBatch.objects.get().state == "failed"


def test_file_that_is_still_growing_waits(inbox: Path) -> None:
    put(inbox, "assets.csv", ASSETS + ROW, age=5)
    assert folder.watch() == 0
    assert folder.watch(at=timezone.now() + dt.timedelta(seconds=30)) == 1


@pytest.mark.parametrize("name", ["assets.csv.part", ".assets.csv.x7", "assets.csv.tmp"])
def test_unfinished_names_wait(inbox: Path, name: str) -> None:
    put(inbox, name, ASSETS + ROW)
    assert folder.watch() == 0
    assert (inbox / name).exists()


def test_links_and_folders_are_left_alone(inbox: Path, tmp_path: Path) -> None:
    (inbox / "assets").mkdir()
    (inbox / "assets.csv").symlink_to(put(tmp_path, "elsewhere.csv", ASSETS + ROW))
    assert folder.watch() == 0


def test_order_of_the_feeds_then_of_the_days(inbox: Path) -> None:
    put(inbox, "assets_2026-11-20.csv", ASSETS + "N1,2026-11-20,2,2\n")
    put(inbox, "assets_2026-11-19.csv", ASSETS + "N1,2026-11-20,1,1\n")
    put(inbox, "clients.csv", "client_no,name,branch_code,opened_on\nN1,张伟,NB,2020-01-01\n")
    put(inbox, "branches.csv", "branch_code,name\nNB,新营业部\n")
    assert folder.watch() == 4
    assert names(inbox, "failed") == []
    assert rows("SELECT cash FROM clients_assetsnapshot") == [(2,)], "the later day last"


def test_same_name_again_overwrites_nothing(inbox: Path) -> None:
    for cash in (1, 2):
        put(inbox, "assets.csv", ASSETS + f"C1,2026-11-20,{cash},2\nC9,2026-11-20,1,1\n")
        folder.watch()
    assert names(inbox, "done") == ["2~assets.csv", "2~assets.csv.errors.csv", "assets.csv", "assets.csv.errors.csv"]


def test_one_process_at_a_time(inbox: Path) -> None:
    put(inbox, "assets.csv", ASSETS + ROW)
    folder.Folders.under(inbox.parent)
    with (inbox / ".working" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert folder.watch() == 0
    assert folder.watch() == 1


def test_file_of_a_killed_process_is_loaded_by_the_next(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of the import: the file lies in .working, nothing of it was taken."""
    put(inbox, "assets.csv", ASSETS + ROW)

    def killed(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("clients.feeds.folder.import_file", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.watch()
    assert len(names(inbox, "in/.working")) == 1
    assert folder.watch() == 1
    assert (names(inbox, "in/.working"), names(inbox, "done")) == ([], ["assets.csv"])
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(1,)]


def test_file_that_was_loaded_before_the_kill_is_only_put_away(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox, "assets.csv", ASSETS + ROW)

    def killed(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("clients.feeds.folder._put_away", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.watch()
    assert FeedBatch.objects.get().state == "done"
    assert folder.watch() == 1
    assert names(inbox, "done") == ["assets.csv"]
    assert FeedBatch.objects.count() == 1, "never twice"


def test_file_waits_while_the_database_is_gone(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox, "assets.csv", ASSETS + ROW)

    def gone(*_args: Any, **_options: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr("clients.feeds.folder.import_file", gone)
        with pytest.raises(OperationalError):
            folder.watch()
    assert names(inbox, "failed") == []
    assert folder.watch() == 1
    assert names(inbox, "done") == ["assets.csv"]


def test_task_does_the_rounds(inbox: Path) -> None:
    put(inbox, "assets.csv", ASSETS + ROW)
    tasks.watch_folder()
    assert names(inbox, "done") == ["assets.csv"]
    made = rows("SELECT relid::text FROM pg_partition_tree('clients_trade') WHERE isleaf")
    assert {("clients_trade_202611",), ("clients_trade_202612",)} <= set(made), (
        "months are there before they are needed"
    )
