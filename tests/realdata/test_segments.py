"""Real data segmented by `manage.py segment`, against the plain-Python twin that reads the same files."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from clients.segmentation.models import Run, SegmentChange
from tests.clients.segmentation.twin import Books, segment
from tests.realdata.conftest import LoadFeeds

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

FITTING: dict[str, Any] = {
    "tiers": {"silver": 0, "gold": 20000, "platinum": 50000, "diamond": 80000},
    "movement": {"flow": 20000, "share_floor": 5000, "trades_floor": 2, "trades_multiple": 2},
    "at_risk": {"floor": 1000},
    "dormant": {"months": 6, "cash_below": 30000},
    "trader": {"trades_per_month": 1},
    "order": ["movement", "new", "core", "at_risk", "no_trade", "dormant"],
}
SETS = [("berka", dt.date(1994, 3, 30), 1_229), ("cdnow", dt.date(1998, 6, 30), 23_570)]


def rows_of(folder: Path, feed: str) -> Iterator[dict[str, str]]:
    path = folder / f"{feed}.csv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from csv.DictReader(file)


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def books_of(folder: Path) -> Books:
    """The files as the twin reads them, past our own import."""
    books = Books(
        [
            {
                "client_no": row["client_no"],
                "branch_code": row["branch_code"],
                "opened_on": day(row["opened_on"]),
                "status": row["status"],
                "closed_on": day(row.get("closed_on")),
            }
            for row in rows_of(folder, "clients")
        ]
    )
    snapshots, trades, flows = (defaultdict[str, list[dict[str, Any]]](list) for _ in range(3))
    for row in rows_of(folder, "assets"):
        cash, securities = Decimal(row["cash"]), Decimal(row["securities"])
        snapshots[row["client_no"]].append({"day": day(row["date"]), "cash": cash, "securities": securities})
    for row in rows_of(folder, "trades"):
        trades[row["client_no"]].append(
            {
                "trade_no": row["trade_no"],
                "traded_at": dt.datetime.fromisoformat(row["traded_at"]),
                "amount": Decimal(row["amount"]),
                "commission": Decimal(row["commission"]),
                "order_no": "",
            }
        )
    for row in rows_of(folder, "cashflows"):
        flow = {key: row[key] for key in ("flow_no", "direction", "kind")}
        moment, amount = dt.datetime.fromisoformat(row["occurred_at"]), Decimal(row["amount"])
        flows[row["client_no"]].append(flow | {"occurred_at": moment, "amount": amount})
    books.snapshots, books.trades, books.flows = dict(snapshots), dict(trades), dict(flows)
    return books


def run_trial(as_of: dt.date, policy: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[list[str]]]:
    """The command's JSON and its file, header apart."""
    (folder / "policy.json").write_text(json.dumps(policy))
    out = io.StringIO()
    files = {"policy": folder / "policy.json", "out": folder / "result.csv"}
    call_command("segment", as_of=f"{as_of:%F}", stdout=out, **files)
    with files["out"].open(encoding="utf-8", newline="") as file:
        return json.loads(out.getvalue().splitlines()[-1]), list(csv.reader(file))[1:]


@pytest.mark.parametrize("policy", [{}, FITTING], ids=["default", "fitting"])
@pytest.mark.parametrize(("name", "as_of", "clients"), SETS)
def test_the_command_agrees_with_the_twin(
    load_feeds: LoadFeeds,
    shared_feeds: Path,
    tmp_path: Path,
    name: str,
    as_of: dt.date,
    clients: int,
    policy: dict[str, Any],
) -> None:
    load_feeds(name)
    summary, rows = run_trial(as_of, policy, tmp_path)
    expected = segment(books_of(shared_feeds / name), as_of, policy)
    found = {row[0]: row[1:] for row in rows if row[0] in expected}
    assert len(expected) == len(found) == clients
    for number, want in expected.items():
        figures = [want.average_assets, want.commission_12m, want.trades_per_month, want.turnover_ratio]
        money, commission, frequency, turnover = (f"{figure + 0:f}" for figure in figures)
        place = [want.tier, want.style, want.group, ";".join(want.matches)]
        assert found[number] == [*place, money, frequency, turnover, commission], number
    assert summary["clients"] == len(rows) == sum(summary["group"].values()) == sum(summary["tier"].values())
    assert not Run.objects.exists()
    assert not SegmentChange.objects.exists()
