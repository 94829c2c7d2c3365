"""`python -m tests.bench [ONLY]`: run all benches, or those whose module or function has ONLY in its name.

Every function `bench_…` of the modules `tests/bench/bench_*.py` returns figures (`tests.bench.figures.Figure`). It
finds Django set up as the runtime role on the large database; `tests.bench.database.use` leads to another one.
Exit code 0 when every figure holds, 2 when one does not, 1 when something failed.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
import time
from collections.abc import Callable
from typing import Any

import django

import tests.bench as package
from crm.embedded import EmbeddedError, boot
from tests.bench import database, machine, report

Bench = Callable[[], list[dict[str, Any]]]


def find(only: str) -> list[tuple[str, Bench]]:
    """The benches whose module or function has `only` in its name, by name."""
    found: list[tuple[str, Bench]] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if not info.name.startswith("bench_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("bench_") and function.__module__ == module.__name__ and only in f"{info.name} {name}":
                found.append((f"{info.name}.{name}", function))
    return found


def main(only: str) -> int:
    """Prepare the databases, measure, write the report. Returns the exit code."""
    boot()
    for clients in (database.FEW_CLIENTS, database.CLIENTS):
        database.prepare(clients)
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = database.url_of(database.name_of(database.CLIENTS), variable)
    django.setup()
    figures: list[dict[str, Any]] = []
    for name, bench in find(only):
        began, before = time.monotonic(), machine.CpuTime.now()
        found = bench()
        steal = machine.CpuTime.now().stolen_since(before)
        figures += [{**figure, "steal": steal} for figure in found]
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        for figure in found:
            print(
                f"  {figure['name']}: {figure['ours']:g}, ratio {figure['ratio']}, holds: {figure['holds']}", flush=True
            )
        report.write(figures, machine.describe(), whole=not only)  # what is measured stays, should a later one fail
    if not figures:
        print(f"No bench has {only!r} in its name.")
        return 1
    return 0 if all(figure["holds"] for figure in figures) else 2


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
    except EmbeddedError as error:
        sys.exit(f"{error}")
