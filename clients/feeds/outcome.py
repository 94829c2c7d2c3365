"""What came of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clients.feeds.choices import BatchState
from clients.feeds.faults import Fault
from clients.feeds.models import FeedBatch


@dataclass
class Outcome:
    """rows = inserted + updated + unchanged + rejected + repeats. `errors` are the first of the rejected rows.

    `batch` is None for a dry run, which leaves nothing behind.
    """

    feed: str
    file_name: str
    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    repeats: int = 0
    warnings: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    errors_file: Path | None = None
    note: str = ""
    seconds: float = 0.0
    batch: FeedBatch | None = None

    @property
    def state(self) -> BatchState:
        return BatchState.PARTLY if self.rejected else BatchState.DONE
