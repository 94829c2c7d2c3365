"""A tag put on some 100,000 clients by a bulk action, beside one INSERT … SELECT of the same rows."""

from __future__ import annotations

import json
import statistics
from typing import Any

from tests.bench.commands import run
from tests.bench.database import as_owner, copy_of_large
from tests.bench.figures import Figure, against_floor

COPY = "crm_bench_bulk"
TIMES = 3
# A table as that of tags, which keeps no history: its columns, keys, indexes and references.
PLAIN = """
CREATE TABLE bench_tagged (LIKE clients_clienttag INCLUDING ALL);
GRANT ALL ON bench_tagged TO PUBLIC;
DO $$
DECLARE item record;
BEGIN
    FOR item IN SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
                WHERE conrelid = 'clients_clienttag'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE bench_tagged ADD CONSTRAINT %I %s', item.conname, item.definition);
    END LOOP;
END $$
"""


def bench_bulk() -> list[Figure]:
    """In turn, each in a process of its own; in a copy of the large database, because tags stay."""
    with copy_of_large(COPY):
        as_owner(PLAIN, database=COPY)
        rounds = [[_call(one) for one in ("plain", "action")] for _time in range(TIMES)]
    rows = {found["rows"] for found in rounds[0]}
    if len(rows) != 1:
        raise RuntimeError(f"not the same rows: {rows}")
    plain, ours = (statistics.median(one[place]["seconds"] for one in rounds) for place in range(2))
    name = f"bulk tag of {rounds[0][0]['rows']:,} clients"
    return [against_floor(f"{name}, with history", floor=plain, ours=ours, at_most=4)]


def _call(function: str) -> dict[str, Any]:
    ran = run(COPY, "shell", "-c", f"from tests.bench import tagging; tagging.{function}()")
    found: dict[str, Any] = json.loads(ran.output.splitlines()[-1])
    return found
