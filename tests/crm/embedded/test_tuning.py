"""PostgreSQL's settings follow the machine."""

import os
from pathlib import Path

import pytest

from crm.embedded import tuning

GB = 1024**3


@pytest.mark.parametrize(
    ("memory", "shared", "work"),
    [(GB // 4, "128MB", "8MB"), (2 * GB, "512MB", "32MB"), (64 * GB, "2048MB", "32MB")],
)
def test_memory(memory: int, shared: str, work: str) -> None:
    settings = tuning.settings(memory, 100 * GB, Path("/tmp/x"))
    assert (settings["shared_buffers"], settings["work_mem"]) == (shared, work)


@pytest.mark.parametrize(("free", "expected"), [(GB // 2, "256MB"), (8 * GB, "2048MB"), (500 * GB, "4096MB")])
def test_the_log_never_takes_more_than_a_quarter_of_the_disk(free: int, expected: str) -> None:
    assert tuning.settings(GB, free, Path("/tmp/x"))["max_wal_size"] == expected


def test_a_containers_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tuning.memory_bytes()
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "limit").write_text(f"{GB // 2}\n")
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (tmp_path / "max", tmp_path / "none"))
    assert tuning.memory_bytes() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >= whole
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (tmp_path / "max", tmp_path / "limit"))
    assert tuning.memory_bytes() == GB // 2


def test_small_shared_memory_is_gone_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "SHARED_MEMORY", tmp_path / "none")
    assert tuning.settings(GB, GB, Path("/tmp/x"))["dynamic_shared_memory_type"] == "mmap"
