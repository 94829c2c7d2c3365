"""The engine and the plain-Python twin agree, file after file, on counts, rejected lines and what is stored."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.feeds import services
from clients.feeds.choices import BatchSource
from clients.feeds.faults import Fault
from clients.feeds.spec import find
from tests.clients.feeds.loading import figures, rows
from tests.clients.feeds.twin import FORMATS, SHANGHAI, take

pytestmark = [pytest.mark.usefixtures("clients", "today"), pytest.mark.timeout(1800)]

DAYS = [
    "2026-11-20", "2026-11-19T23:59:59.999999", "2026-11-19T16:30:00Z", "2026-11-20 09:30", "2026-11-20T00:30:00+0800",
    "2026-11-19T24:00:00", "2026-10-31", "2026-11-23", "2026-11-23T15:59:59Z", "2026-11-23T16:00:00Z", "2026-11-24",
    "1900-01-01", "1899-12-31", "2024-02-29", "2026-02-29", "2026-2-3", "20261120", "22.11.2026", "now", "0001-01-01",
    "2026-11-20T09:30:00+15:59", "2026-11-20T09:30:00+16:00", "2026-11-20T09:60:00", "",
]  # fmt: skip
NUMBERS = [
    "0", "1", "1.5", "1.50", "-1.5", "+1.5", "1.", ".5", "-0.00", "1.500", "1e3", "1,000.00", "9999999999999999.99",
    "10000000000000000", "00000000000000000007", "0.001", "100", "100.01", "19.99", "37", "x", ".", "NaN", "９", "",
]  # fmt: skip
WORDS = [
    "buy",
    "sell",
    "in",
    "out",
    "exchange",
    "system",
    "C3",
    "steady",
    "C1-lowest",
    "C9",
    "star",
    "margin",
    "opened",
]
TEXTS = ["", "a", "=1+1", "b, c", 'say "hi"', "汉字", "\U0001f600", "x" * 32, "x" * 33, "x" * 65, " y ", "NULL", "\\N"]
DAYS_TO_COME = [*DAYS, "2099-12-31", "9999-12-31", "9999-12-31T23:00:00Z"]
KEYS = ["N1", "N2", "N3", "n1", "", "x" * 65]
POOLS = {
    "client_no": ["C1", "C2", "C2", "C9", ""],
    **dict.fromkeys(("symbol", "kind", "summary"), TEXTS),
    **dict.fromkeys(("date", "traded_at", "occurred_at", "raised_on", "assessed_on", "requested_on"), DAYS),
    **dict.fromkeys(("closed_on", "valid_until"), DAYS_TO_COME),
    **dict.fromkeys(("cash", "securities", "amount", "quantity", "commission", "score"), NUMBERS),
    **dict.fromkeys(("trade_no", "flow_no", "alert_no", "request_no"), KEYS),
}
RIGHT = {"side": "buy", "direction": "in", "source": "system", "permission": "star", "status": "opened", "level": "C3"}


@st.composite
def files(draw: st.DrawFn, feed: str) -> str:
    """A file with some of the columns, in any order, an unknown one among them; mostly good cells."""
    form = FORMATS[feed]
    left_out = draw(st.sets(st.sampled_from(sorted(form.optional)))) if form.optional else set()
    if feed == "risk_assessments" and {"level", "score"} <= left_out:
        left_out.discard("score")
    columns = draw(
        st.permutations([*form.required, *(name for name in form.optional if name not in left_out), "remark"])
    )
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns)
    for _line in range(draw(st.integers(0, 8))):
        table.writerow([draw(cells(name)) for name in columns])
    return text.getvalue()


def cells(column: str) -> st.SearchStrategy[str]:
    pool = POOLS.get(column, [*WORDS, "", "?"])
    good = RIGHT.get(column, pool[0])
    return st.one_of(st.just(good), st.sampled_from(pool[:3]), st.sampled_from(pool))


def loaded(folder: Path, feed: str, text: str) -> tuple[dict[str, int], list[int]]:
    """Counters and rejected lines of the engine."""
    path = folder / f"{feed}.csv"
    path.write_text(text, encoding="utf-8", newline="")
    outcome = services.import_file(feed=feed, path=path, by=None, source=BatchSource.COMMAND)
    found = figures(outcome)
    return {name: found.get(name, 0) for name in ("inserted", "updated", "unchanged", "repeats")}, lines_of(
        outcome.errors
    )


def lines_of(errors: list[Fault]) -> list[int]:
    return [fault.line for fault in errors]


def stored(feed: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What the table has, as the twin would have it."""
    spec, form = find(feed), FORMATS[feed]
    assert spec is not None
    columns = {name: spec.column(name).store or name for name in [*form.required, *form.optional]}
    columns["client_no"] = "(SELECT client_no FROM clients_client WHERE id = client_id)"
    found = rows(f"SELECT {', '.join(columns.values())} FROM {spec.table}")
    records = [dict(zip(columns, (in_shanghai(value) for value in row), strict=True)) for row in found]
    return {tuple(record[name] for name in form.key): record for record in records}


def in_shanghai(value: Any) -> Any:
    return value.astimezone(SHANGHAI) if isinstance(value, dt.datetime) else value


def agree(folder: Path, feed: str, data: st.DataObject) -> None:
    """Three files, one after the other, into an empty firm; nothing of it stays."""
    twin: dict[tuple[Any, ...], dict[str, Any]] = {}
    with transaction.atomic():
        for _time in range(3):
            text = data.draw(files(feed))
            expected = take(feed, text, twin)
            counts, rejected = loaded(folder, feed, text)
            assert rejected == expected.rejected
            assert counts == {name: expected.counts[name] for name in counts}
        assert stored(feed) == twin
        transaction.set_rollback(True)


@pytest.mark.parametrize("feed", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_and_twin_agree(tmp_path: Path, feed: str, data: st.DataObject) -> None:
    agree(tmp_path, feed, data)


@pytest.mark.long
@pytest.mark.parametrize("feed", FORMATS)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_and_twin_agree_at_length(tmp_path: Path, feed: str, data: st.DataObject) -> None:
    agree(tmp_path, feed, data)
