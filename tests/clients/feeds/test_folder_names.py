"""Files in the watched folder whose names a file system takes and others do not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clients.feeds import folder
from clients.feeds.models import FeedBatch

pytestmark = [pytest.mark.usefixtures("clients", "today")]

TEXT = b"client_no,date,cash,securities\nC1,2026-11-20,1,2\nC9,2026-11-20,1,2\n"


@pytest.fixture
def root(settings: Any) -> Path:
    """The folder that holds `in`, `done` and `failed`."""
    path = Path(settings.FEEDS_DIR)
    (path / "in").mkdir(parents=True)
    return path


def put(root: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(root / "in"), name)
    with open(path, "wb") as file:
        file.write(TEXT)
    written = timezone.now().timestamp() - 60
    os.utime(path, (written, written))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_name_of_another_encoding(root: Path) -> None:
    """As older Windows systems in China write them; it goes on under a name that can be shown and stored."""
    put(root, "assets_2026-11-20_资产.csv".encode("gb18030"))
    put(root, "资产.csv".encode("gb18030"))
    put(root, b"assets_2026-11-19.csv")
    assert folder.watch() == 3
    shown = "assets_2026-11-20_\ufffd\u02b2\ufffd.csv"
    assert names(root / "done") == [
        "assets_2026-11-19.csv",
        "assets_2026-11-19.csv.errors.csv",
        shown,
        f"{shown}.errors.csv",
    ]
    assert names(root / "failed") == ["\ufffd\u02b2\ufffd.csv", "\ufffd\u02b2\ufffd.csv.errors.csv"]
    assert FeedBatch.objects.filter(file_name=shown, state="partly").exists()


@pytest.mark.parametrize("length", [200, 201, 230, 251])
def test_long_names(root: Path, length: int) -> None:
    """Their numbers and the names of their errors files find room."""
    put(root, b"assets_2026-11-20_" + b"x" * (length - 22) + b".csv")
    assert folder.watch() == 1
    assert names(root / "in") == []
    done = names(root / "done")
    assert len(done) == 2
    assert done[0].startswith("assets_2026-11-20_xxx")
    assert done[0].endswith("xxx.csv")
    assert FeedBatch.objects.get().file_name == done[0]
    assert str(FeedBatch.objects.get().business_date) == "2026-11-20"


def test_long_name_in_chinese(root: Path) -> None:
    put(root, f"assets_2026-11-20_{'资' * 70}.csv".encode())
    assert folder.watch() == 1
    assert all(name.startswith("assets_2026-11-20_资资") for name in names(root / "done"))


def test_control_total_that_is_no_number_of_rows(root: Path) -> None:
    put(root, b"assets_2026-11-20_99999999999999999999.csv")
    assert folder.watch() == 1
    assert "is more than any file has rows" in next((root / "failed").glob("*.errors.csv")).read_text()
