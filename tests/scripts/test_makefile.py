"""What `make` would do, by its own word (`make -n`), and what continuous integration runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded.places import PROJECT


def make(*arguments: str, without: str = "") -> str:
    """What a `make` of one's own prints: these tests may themselves be run by one, whose flags it would take over."""
    handed_down = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", without}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=PROJECT,
        env={key: value for key, value in os.environ.items() if key not in handed_down},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def would_run(*arguments: str) -> list[str]:
    """The commands that `make` with these arguments would run, in order."""
    lines = make("-n", "PYTHON=python3", *arguments).splitlines()
    return [line for line in lines if not line.startswith("make")]


def test_setup_installs_and_starts_nothing() -> None:
    assert would_run("setup") == ["python3 scripts/install.py"]


def test_run_is_set_up_first() -> None:
    assert would_run("run") == ["python3 scripts/install.py", "exec .venv/bin/python -m crm.embedded.supervisor"]


@pytest.mark.parametrize("name", ["PORT", "HOST", "CRM_VAR", "CRM_DEMO"])
def test_what_a_person_sets_reaches_the_programs(tmp_path: Path, name: str) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text((PROJECT / "Makefile").read_text() + f"\nshow:\n\t@echo $${name}\n")
    assert make("-f", str(makefile), "show", f"{name}=chosen", without=name) == "chosen\n"


def test_tests_begin_with_what_they_need() -> None:
    """The browser first: where it cannot be installed nobody waits fifteen minutes to hear it."""
    first, *checks, last = would_run("test", "ARGS=-x")
    assert first == "python3 scripts/install.py --dev --browser"
    assert any("ruff check" in line for line in checks)
    assert last == ".venv/bin/python -m pytest -n 2 -x"


def test_check_holds_everything_that_is_asked_of_the_code() -> None:
    found = "\n".join(would_run("check"))
    for words in ("ruff check .", "ruff format --check .", "lint-imports", "mypy .", "djlint templates"):
        assert words in found
    assert "makemigrations --check --dry-run" in found
    assert "scripts.catalogues --check" in found


def test_a_single_bench_is_chosen_by_name() -> None:
    assert would_run("bench", "ONLY=lists")[-1] == ".venv/bin/python -m tests.bench lists"


def test_long_tests_are_those_that_every_run_leaves_out() -> None:
    assert would_run("test-long")[-1].rstrip() == ".venv/bin/python -m pytest -m long"
    assert "-m 'not long and not bench'" in (PROJECT / "pyproject.toml").read_text()
    marked = {
        path.name
        for path in (PROJECT / "tests").rglob("test_*.py")
        if re.search(r"pytest\.mark\.long\b", path.read_text())
    }
    assert {"test_large.py", "test_fuzz.py", "test_every_page.py"} <= marked


def test_continuous_integration_runs_the_tests_and_says_that_it_is_one() -> None:
    lines = (PROJECT / ".ci" / "run").read_text().splitlines()
    assert "export CI=true" in lines
    assert lines[-1] == "exec make test"
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)


def test_nothing_but_absent_real_data_is_ever_left_out() -> None:
    leaves_out = re.compile(r"\b(pytest\.(skip|importorskip|xfail)|mark\.(skip|skipif|xfail)|unittest\.skip)\b")
    found = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "tests").rglob("*.py")
        if path != Path(__file__) and leaves_out.search(path.read_text())
    }
    assert found == {"tests/realdata/conftest.py"}


@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "error")])
def test_absent_real_data_are_a_loud_skip_and_in_continuous_integration_a_failure(
    tmp_path: Path, ci: str, outcome: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/realdata/test_feeds.py", "-q", "-x", "-p", "no:cacheprovider"],
        cwd=PROJECT,
        env=os.environ | {"CRM_SHARED": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"REAL DATA NOT FOUND at {tmp_path}/data/feeds" in done.stdout
    assert re.search(rf"^\d+ {outcome}", done.stdout.splitlines()[-1])
