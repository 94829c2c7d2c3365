"""`manage.py import_feed`: exit codes, summary, errors file."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest
import xlsxwriter

from clients.feeds.models import FeedBatch
from crm.events.models import Event
from tests.clients.feeds.loading import rows, run_command, write_file

pytestmark = [pytest.mark.usefixtures("clients", "today")]

ASSETS = "client_no,date,cash,securities\n"
KEYS = ["feed", "file", "rows", "inserted", "updated", "unchanged", "rejected", "warnings", "errors_file", "seconds"]


def read_errors(path: str | Path) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_taken_is_exit_code_0(tmp_path: Path) -> None:
    run = run_command("assets", write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\n"))
    assert run.code == 0
    assert list(run.summary) == KEYS
    assert isinstance(run.summary.pop("seconds"), float)
    assert run.summary.pop("file").startswith("assets-")
    assert run.summary == {
        "feed": "assets",
        "rows": 1,
        "inserted": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "warnings": 0,
        "errors_file": None,
    }


def test_some_rows_rejected_is_exit_code_3(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    file = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC9,2026-11-20,1,2\nC2,2026-11-20,x,2\n")
    run = run_command("assets", file, "--errors", errors)
    assert run.code == 3
    assert (run.summary["inserted"], run.summary["rejected"]) == (1, 2)
    assert run.summary["errors_file"] == str(errors)
    assert read_errors(errors) == [
        {"line": "3", "column": "client_no", "reason": "no client has the number “C9”"},
        {
            "line": "4",
            "column": "cash",
            "reason": "“x” is not a number; expected is a number such as 1234.50",
        },
    ]
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(1,)]


def test_rejected_rows_never_disappear_where_no_errors_file_was_named(tmp_path: Path) -> None:
    run = run_command("assets", write_file(tmp_path, "assets", ASSETS + "C9,2026-11-20,1,2\n"))
    assert len(read_errors(run.summary["errors_file"])) == 1
    assert "Line 2, client_no: no client has the number “C9”" in run.lines


def test_errors_file_of_a_clean_load_is_its_header(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    errors.write_text("what an earlier load left")
    run_command("assets", write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\n"), "--errors", errors)
    assert errors.read_text() == "line,column,reason\n"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    run = run_command("assets", tmp_path / "nowhere.csv")
    assert run.code == 1
    assert "There is no file" in run.error
    assert not FeedBatch.objects.exists()


def test_unknown_feed(tmp_path: Path) -> None:
    run = run_command("asset", write_file(tmp_path, "assets", ASSETS))
    assert run.code == 1
    assert run.error == (
        "There is no feed “asset”. The feeds are: branches, staff, clients, assets, trades, cashflows, alerts, "
        "risk_assessments, service_records, permission_requests, complaints."
    )


def test_control_total(tmp_path: Path) -> None:
    file = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC9,2026-11-20,1,2\n\n")
    wrong = run_command("assets", file, "--rows", "3")
    assert wrong.code == 1
    assert "3 rows were announced, the file has 2. Nothing was taken." in wrong.error
    assert wrong.summary["rows"] == wrong.summary["inserted"] == 0
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]
    assert FeedBatch.objects.get().state == "failed"
    assert run_command("assets", file, "--rows", "2").code == 3


def test_dry_run_finds_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    file = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC9,1993-11-20,1,2\n")
    run = run_command("assets", file, "--dry-run", "--errors", errors)
    assert run.code == 3
    assert (run.summary["rows"], run.summary["inserted"], run.summary["rejected"]) == (2, 1, 1)
    assert "Dry run: nothing was changed." in run.lines
    assert len(read_errors(errors)) == 1
    assert rows("SELECT count(*) FROM clients_assetsnapshot") == [(0,)]
    assert not FeedBatch.objects.exists()
    assert not Event.objects.filter(name="feed.loaded").exists()


def test_figures_add_up_in_words(tmp_path: Path) -> None:
    run_command("assets", write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC2,2026-11-20,1,2\n"))
    text = "C1,2026-11-20,1,2\nC2,2026-11-20,9,2\nC3,2026-11-20,1,2\nC3,2026-11-20,1,2\nC9,2026-11-20,1,2\n"
    run = run_command("assets", write_file(tmp_path, "assets", ASSETS + text))
    assert run.lines[1] == "5 rows: 1 new, 1 changed, 1 unchanged, 1 repeated, 1 rejected."


def test_unknown_columns_are_ignored_and_named(tmp_path: Path) -> None:
    file = write_file(tmp_path, "assets", "client_no,remark,date,cash,,securities\nC1,hello,2026-11-20,1,x,2\n")
    run = run_command("assets", file)
    assert run.code == 0
    assert "Columns that this feed does not have were ignored: remark." in run.lines
    assert FeedBatch.objects.get().unknown_columns == ["remark"]
    assert rows("SELECT cash, securities FROM clients_assetsnapshot") == [(1, 2)]


def test_order_of_columns_is_free(tmp_path: Path) -> None:
    run_command("assets", write_file(tmp_path, "assets", "securities,cash,date,client_no\n2,1,2026-11-20,C1\n"))
    assert rows("SELECT cash, securities FROM clients_assetsnapshot") == [(1, 2)]


def test_batch_keeps_what_came_and_what_became_of_it(tmp_path: Path) -> None:
    file = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC9,2026-11-20,1,2\n")
    run_command("assets", file, "--business-date", "2026-11-20", "--rows", "2")
    batch = FeedBatch.objects.get()
    assert (batch.feed, batch.file_name, batch.source, batch.by) == ("assets", file.name, "command", None)
    assert (batch.business_date, batch.rows_stated, batch.size) == (dt.date(2026, 11, 20), 2, file.stat().st_size)
    assert len(batch.sha256) == 64
    assert (batch.state, batch.rows, batch.inserted, batch.rejected) == ("partly", 2, 1, 1)
    assert batch.first_errors == [[3, "client_no", "no client has the number “C9”"]]
    assert batch.errors_file == f"feeds/errors/{batch.pk}.csv"
    assert batch.ended_at is not None


def test_event_tells_that_a_feed_was_loaded(tmp_path: Path) -> None:
    file = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\nC9,2026-11-20,1,2\n")
    run_command("assets", file, "--business-date", "2026-11-20")
    batch = FeedBatch.objects.get()
    assert Event.objects.get(name="feed.loaded").payload == {
        "batch": batch.pk,
        "feed": "assets",
        "business_date": "2026-11-20",
        "rejected": 1,
    }


@pytest.mark.parametrize("name", ["assets.csv.gz", "assets.csv", "assets"])
def test_packed_files_are_known_by_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress((ASSETS + "C1,2026-11-20,1,2\n").encode()))
    assert run_command("assets", path).summary["inserted"] == 1


def test_workbook(tmp_path: Path) -> None:
    path = tmp_path / "assets.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, name in enumerate(["client_no", "date", "cash", "securities"]):
            sheet.write(0, column, name)
        for line, (client, day, cash) in enumerate(
            [("C1", dt.datetime(2026, 11, 20), 0.1 + 0.2), ("C2", "2026-11-20", -12), ("C9", "2026-11-20", 1.005)],
            start=2,
        ):
            sheet.write(line, 0, client)
            if isinstance(day, str):
                sheet.write(line, 1, day)
            else:
                sheet.write_datetime(line, 1, day, date)
            sheet.write(line, 2, cash)
            sheet.write(line, 3, 1_000_000)
    run = run_command("assets", path)
    assert (run.summary["rows"], run.summary["inserted"]) == (3, 2)
    assert [line for line in run.lines if line.startswith("Line 5, client_no; cash:")]
    found = rows("SELECT cash, securities FROM clients_assetsnapshot ORDER BY client_id")
    assert [(str(cash), int(securities)) for cash, securities in found] == [("0.30", 1_000_000), ("-12.00", 1_000_000)]


def test_stale_business_date_is_taken_and_said(tmp_path: Path) -> None:
    run_command("assets", write_file(tmp_path, "assets", ASSETS + "C1,2026-11-20,1,2\n"), "--business-date=2026-11-20")
    stale = write_file(tmp_path, "assets", ASSETS + "C1,2026-11-18,1,2\n")
    run = run_command("assets", stale, "--business-date=2026-11-18")
    assert run.code == 0
    note = "The business date 2026-11-18 is older than that of the newest file of this feed, 2026-11-20."
    assert note in run.lines
    assert FeedBatch.objects.latest("id").message == note


def test_more_errors_than_are_shown(tmp_path: Path) -> None:
    run = run_command(
        "assets", write_file(tmp_path, "assets", ASSETS + "".join(f"X{n},2026-11-20,1,2\n" for n in range(120)))
    )
    assert "… and 100 more." in run.lines
    assert len(FeedBatch.objects.get().first_errors) == 50
    assert len(read_errors(run.summary["errors_file"])) == 120
