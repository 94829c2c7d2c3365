"""The frame of `make bench`: figures, and how new ones are put beside old ones."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import django
import pytest

from tests.bench import commands, database, report
from tests.bench.__main__ import find
from tests.bench.figures import against_floor, medians, within
from tests.bench.machine import CpuTime


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    paths = (tmp_path / "benchmarks.json", tmp_path / "benchmarks.md")
    monkeypatch.setattr(report, "JSON", paths[0])
    monkeypatch.setattr(report, "MARKDOWN", paths[1])
    return paths


def figure(name: str, ours: float) -> dict[str, Any]:
    return {**against_floor(name, floor=1.0, ours=ours, at_most=2.5), "steal": 0.01}


def test_a_figure_holds_up_to_its_limit() -> None:
    assert against_floor("import", floor=2.0, ours=6.0, at_most=3)["holds"]
    over = against_floor("import", floor=2.0, ours=6.01, at_most=3)
    assert (over["holds"], over["ratio"], over["wanted"]) == (False, 3.005, "≤ 3 ×")
    assert within("start", ours=14.9, at_most=15)["holds"]
    assert not within("start", ours=15.1, at_most=15)["holds"]


def test_medians_are_taken_in_turn() -> None:
    calls: list[str] = []
    first, second = medians(lambda: calls.append("floor"), lambda: calls.append("ours"), times=3)
    assert calls == ["floor", "ours"] * 4
    assert first >= 0
    assert second >= 0


def test_figures_of_other_benches_stay_when_one_is_measured(papers: tuple[Path, Path]) -> None:
    report.write([figure("import", 1.5), figure("list: worst case a", 2.0)], "2 cores", whole=True)
    report.write([figure("list: worst case b", 3.0)], "2 cores", whole=False)
    found = json.loads(papers[0].read_text())
    assert [(f["name"], f["holds"]) for f in found] == [("import", True), ("list: worst case b", False)]
    page = papers[1].read_text()
    assert "| list: worst case b | 1.00 s | 3.00 s | 3.00 | ≤ 2.5 × | **no** | 1.0 % |" in page


def test_a_whole_run_forgets_old_figures(papers: tuple[Path, Path]) -> None:
    report.write([figure("old", 1.0)], "2 cores", whole=True)
    report.write([figure("new", 0.5)], "2 cores", whole=True)
    assert [f["name"] for f in json.loads(papers[0].read_text())] == ["new"]


def test_stolen_time_is_a_share() -> None:
    assert CpuTime(30, 400).stolen_since(CpuTime(10, 200)) == 0.1
    assert CpuTime.now().total > 0


def test_benches_are_found_by_part_of_their_name() -> None:
    assert "bench_start.bench_second_start" in [name for name, _bench in find("start")]
    assert [name for name, _bench in find("feeds")] == ["bench_feeds.bench_import"]
    assert find("no such bench") == []


def test_the_product_s_commands_are_measured_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "postgres://nobody@localhost/nothing")
    ran = commands.run("crm_bench", "version")
    assert ran.seconds > 0
    assert 10 < ran.peak_mb < 10_000
    assert ran.output.strip() == django.get_version()
    with pytest.raises(subprocess.CalledProcessError):
        commands.run("crm_bench", "no_such_command")


def test_a_command_works_on_the_database_that_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "postgres://somebody@/crm?host=/run")
    environment = database.environment_for("crm_bench")
    assert environment["DATABASE_URL"] == "postgres://somebody@/crm_bench?host=/run"
    assert environment["DJANGO_SETTINGS_MODULE"] == "crm.settings"
