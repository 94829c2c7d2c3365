"""docs/benchmarks.json and docs/benchmarks.md: what this run measured, beside what earlier runs did."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.database import PROJECT

JSON = PROJECT / "docs" / "benchmarks.json"
MARKDOWN = PROJECT / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `make bench` (`make bench ONLY=lists` for one of them); the same figures for programs: `benchmarks.json`.

Each figure stands beside its **floor**: the least that the same work can cost on the same machine, measured in the same
run, in turn with ours. Times are medians of wall time, database included. **Steal** is the share of processor time that
the host of a virtual machine took away meanwhile (`/proc/stat`): from some per cent on, times say little and ratios
still something.

Data: an invented firm made by `manage.py demo_bulk`: a million clients, a snapshot of assets a month and client for a
year (12 million), 10 million trades, 3 million cash flows. It is made once and kept. `BENCH_CLIENTS=20000` makes a
small one for quick trials (do not commit its figures).
"""


def write(figures: list[dict[str, Any]], machine: str, *, whole: bool) -> None:
    """Write both files. With `whole` these are all figures; otherwise figures of other benches stay."""
    kept = [] if whole or not JSON.exists() else json.loads(JSON.read_text())
    new = {_stem(figure): figure for figure in figures}
    merged = [new.pop(_stem(old), old) for old in kept] + list(new.values())
    JSON.parent.mkdir(exist_ok=True)
    lines = ",\n".join("  " + json.dumps(figure, ensure_ascii=False) for figure in merged)
    JSON.write_text(f"[\n{lines}\n]\n")
    MARKDOWN.write_text(_page(merged, machine))


def _stem(figure: dict[str, Any]) -> str:
    """The name without the case, behind a colon, that was the worst this time."""
    return str(figure["name"]).partition(":")[0]


def _page(figures: list[dict[str, Any]], machine: str) -> str:
    rows = [
        f"| {f['name']} | {_amount(f['floor'], f['name'])} | {_amount(f['ours'], f['name'])} | {_ratio(f['ratio'])} "
        f"| {f['wanted']} | {'yes' if f['holds'] else '**no**'} | {100 * f['steal']:.1f} % |"
        for f in figures
    ]
    table = ["| work | floor | ours | ratio | wanted | holds | steal |", "|---|---|---|---|---|---|---|", *rows]
    return f"{HEAD}\nMachine of the newest run: {machine}.\n\n" + "\n".join(table) + "\n"


def _amount(value: float | None, name: str) -> str:
    """Seconds in a readable unit; a name that ends in a unit in brackets says what else the number is."""
    if value is None:
        return "–"
    if name.endswith(")") and not name.endswith("(s)"):
        return f"{value:,g}"
    return f"{1000 * value:,.1f} ms" if value < 1 else f"{value:,.2f} s"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
