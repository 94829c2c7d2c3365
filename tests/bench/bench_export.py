"""Export of some 100,000 clients to .xlsx as a job, beside XlsxWriter writing the same cells from memory."""

from __future__ import annotations

import json
import statistics
from typing import Any

from tests.bench.commands import Ran, run
from tests.bench.database import copy_of_large
from tests.bench.figures import Figure, against_floor, within

COPY = "crm_bench_export"
TIMES = 3
MOST_MEMORY_MB = 300


def bench_export() -> list[Figure]:
    """In turn, each in a process of its own; in a copy of the large database, because exports leave traces."""
    with copy_of_large(COPY):
        rounds = [(_call("floor"), _call("export")) for _time in range(TIMES)]
    floors, ours = ([_printed(pair[place]) for pair in rounds] for place in (0, 1))
    if {found["rows"] for found in floors} != {found["rows"] for found in ours}:
        raise RuntimeError("the floor wrote other rows")
    return [
        against_floor(
            f"export of {ours[0]['rows']:,} clients to .xlsx",
            floor=statistics.median(found["seconds"] for found in floors),
            ours=statistics.median(found["seconds"] for found in ours),
            at_most=2,
        ),
        within(
            "export, memory of the process that makes it (MB)",
            ours=max(pair[1].peak_mb for pair in rounds),
            at_most=MOST_MEMORY_MB,
            unit="MB",
        ),
    ]


def _call(function: str) -> Ran:
    return run(COPY, "shell", "-c", f"from tests.bench import exporting; exporting.{function}()")


def _printed(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.output.splitlines()[-1])
    return found
