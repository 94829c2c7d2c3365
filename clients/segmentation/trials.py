"""Trying: what a policy would find on a day, nothing stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from clients.segmentation import compute, running
from clients.segmentation.rules import Rules


@dataclass(frozen=True)
class Counts:
    """What a trial counts: clients by tier, style, group and match, and how many differ from their standing."""

    summary: dict[str, dict[str, int]]
    changed: int

    @property
    def clients(self) -> int:
        return sum(self.summary["group"].values())


def count(*, as_of: dt.date, rules: Rules, table: Path | None = None) -> Counts:
    """Work out D = `as_of` under `rules` and count; `table` names a file for every client's result. Stores nothing."""
    with compute.workspace():
        compute.compute(as_of, rules, say=lambda _done, _words: None)
        if table is not None:
            running.write_table(table)
        return Counts(running.summary(), running.changed_count())
