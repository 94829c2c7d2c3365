"""The machine that measures: its size, and how much of its time somebody else took."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from crm.embedded.tuning import memory_bytes

STEAL = 7  # of the numbers in the first line of /proc/stat


class CpuTime(NamedTuple):
    """Ticks of all cores since the machine started: stolen by its host, and in all."""

    stolen: int
    total: int

    @classmethod
    def now(cls) -> CpuTime:
        numbers = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return cls(numbers[STEAL], sum(numbers[:8]))

    def stolen_since(self, before: CpuTime) -> float:
        """The share of processor time that was stolen between `before` and this, from 0 to 1."""
        return round((self.stolen - before.stolen) / max(1, self.total - before.total), 4)


def describe() -> str:
    """Cores, memory and versions, without names."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    server = row[0] if row else "?"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory_bytes() / 1024**3:.0f} GB of memory, "
        f"Linux, Python {platform.python_version()}, PostgreSQL {server} (bundled, settings of crm/embedded/tuning.py)"
    )
