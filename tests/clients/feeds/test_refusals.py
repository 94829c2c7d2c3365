"""What the command is asked and cannot do: exit code 1, the last line all the same, and nothing is changed."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from clients.feeds.models import FeedBatch
from clients.feeds.outcome import Outcome
from clients.management.commands.import_feed import as_json
from tests.clients.feeds.loading import Run, rows, run_command, write_file

pytestmark = [pytest.mark.usefixtures("clients", "today")]

ASSETS = "client_no,date,cash,securities\n"
GOOD = ASSETS + "C1,2026-11-20,1,2\n"
HALF = GOOD + "C9,2026-11-20,1,2\n"


def refused(run: Run, words: str) -> None:
    assert run.code == 1
    assert words in run.error
    counters = ("rows", "inserted", "updated", "unchanged", "rejected", "warnings")
    assert [run.summary[name] for name in counters] == [0] * 6
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--business-date=22.11.2026", "“22.11.2026” is not a date; expected is one such as 2026-11-22"),
        ("--business-date=20261120", "is not a date"),
        ("--business-date=2026-W47-5", "is not a date"),
        ("--business-date=2026-02-30", "is not a date"),
        ("--business-date=", "is not a date"),
        ("--business-date=2026-11-24", "2026-11-24 is after tomorrow"),
        ("--business-date=1899-12-31", "1899-12-31 is before 1900-01-01"),
        ("--rows=many", "“many” is not a whole number"),
        ("--rows=-1", "is not a whole number"),
        ("--rows=1.0", "is not a whole number"),
        ("--rows=", "is not a whole number"),
        ("--rows=2", "2 rows were announced, the file has 1"),
        ("--rows=99999999999999999999", "99999999999999999999 is more than any file has rows"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_options_that_make_no_sense(tmp_path: Path, option: str, words: str, dry: list[str]) -> None:
    refused(run_command("assets", write_file(tmp_path, "assets", GOOD), option, *dry), words)


def test_the_last_line_names_the_file_as_a_load_does(tmp_path: Path) -> None:
    path = write_file(tmp_path, "assets", "x\n")
    assert run_command("assets", path).summary["file"] == path.name
    assert run_command("asets", path).summary["file"] == path.name
    assert run_command("assets", tmp_path / "none.csv").summary["file"] == "none.csv"


def test_a_file_that_cannot_be_read() -> None:
    """It is there, and reading it is an error of the disk."""
    refused(run_command("assets", "/proc/self/mem"), "The file cannot be read: Input/output error.")


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    refused(run_command("assets", tmp_path / "pipe.csv"), "There is no file")


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize(("place", "words"), [("", "Is a directory"), ("/proc/none/errors.csv", "No such file")])
def test_errors_file_that_cannot_be_written(tmp_path: Path, place: str, words: str, dry: list[str]) -> None:
    """Found out before anything is taken."""
    run = run_command("assets", write_file(tmp_path, "assets", HALF), "--errors", place or tmp_path, *dry)
    refused(run, words)
    assert not FeedBatch.objects.exists()


def test_errors_file_that_is_the_file_itself(tmp_path: Path) -> None:
    path = write_file(tmp_path, "assets", HALF)
    refused(run_command("assets", path, "--errors", path), "must be another file")
    assert path.read_text() == HALF


def test_errors_of_an_earlier_load_do_not_stay_beside_a_refusal(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    errors.write_text("line,column,reason\n7,cash,an old one\n")
    refused(run_command("assets", write_file(tmp_path, "assets", "x\n"), "--errors", errors), "columns are missing")
    assert errors.read_text() == "line,column,reason\n"


def test_errors_file_is_for_its_owner_alone_and_devices_are_left_as_they_are(tmp_path: Path) -> None:
    path, errors = write_file(tmp_path, "assets", HALF), tmp_path / "errors.csv"
    before = os.stat("/dev/null").st_mode
    assert run_command("assets", path, "--errors", "/dev/null").code == 3
    assert os.stat("/dev/null").st_mode == before
    run_command("assets", path, "--errors", errors)
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600


def test_name_of_another_encoding(tmp_path: Path) -> None:
    """As older Windows systems in China write names: bytes that are not UTF-8."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd7\xca\xb2\xfa.csv"))
    path.write_text(GOOD)
    run = run_command("assets", path)
    assert (run.code, run.summary["file"]) == (0, "\ufffd\u02b2\ufffd.csv")
    assert FeedBatch.objects.get().file_name == run.summary["file"]


def test_long_name(tmp_path: Path) -> None:
    path = tmp_path / f"{'长' * 80}.csv"
    path.write_text(GOOD)
    assert run_command("assets", path).code == 0
    assert FeedBatch.objects.get().file_name == path.name


def test_the_last_line_is_for_every_terminal() -> None:
    line = as_json(Outcome("assets", "资产😀.csv", errors_file=Path("/tmp/错误.csv")))
    assert line.isascii()
    assert json.loads(line)["file"] == "资产😀.csv"
