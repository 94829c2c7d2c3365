"""Keys that occur twice in one file: identical rows count once, rows that contradict one another are all refused."""

# ruff: noqa: S608 (the SQL is made of declarations in code; what a file says stays in tables)

from __future__ import annotations

from clients.feeds.load import Load
from clients.feeds.sift import bad_sql, cells_sql, known_joins

SHOWN_LINES = 5


def set_aside(load: Load) -> int:
    """Take identical repeats out of `staged`, marking contradictions as faults. Returns how many were taken out."""
    if not _any_twice(load):
        return 0
    _find_kin(load)
    _mark_contradictions(load)
    return load.run(
        """DELETE FROM staged USING kin
           WHERE kin.line = staged.line AND NOT kin.bad AND kin.versions = 1 AND kin.line > kin.first_line"""
    )


def _keys(load: Load) -> list[str]:
    columns = [load.feed.column(name) for name in load.feed.key]
    return [column.kind.key(column.cell, column.alias) for column in columns]


def _joins(load: Load) -> str:
    return known_joins(load.feed.column(name) for name in load.feed.key)


def _any_twice(load: Load) -> bool:
    """A cheap look first, since most files repeat nothing: equal keys have equal hashes.

    Cells stand for keys there, unless one day is written in several ways.
    """
    cells, joins = [load.feed.column(name).cell for name in load.feed.key], ""
    if load.days_vary:
        cells, joins = _keys(load), _joins(load)
    hashes = " # ".join(f"hashtextextended({cell}::text, {seed})" for seed, cell in enumerate(cells))
    keys = f"SELECT {hashes} AS hash FROM staged {joins}"
    (twice,) = load.one(f"SELECT count(hash) > count(DISTINCT hash) FROM ({keys}) AS keys")
    return bool(twice)


def _find_kin(load: Load) -> None:
    """The temporary table `kin`: the rows that share a key, with what they say and how many versions there are."""
    keys = _keys(load)
    names = [f"key_{number}" for number in range(len(keys))]
    listed = ", ".join(names)
    named = ", ".join(f"{key} AS {name}" for key, name in zip(keys, names, strict=True))
    known = " AND ".join(f"{key}::text <> ''" for key in keys)
    load.run("DROP TABLE IF EXISTS pg_temp.twice, pg_temp.kin")
    load.run(
        f"""CREATE TEMP TABLE twice ON COMMIT DROP AS
            SELECT line, {listed} FROM (
                SELECT line, {named}, count(*) OVER (PARTITION BY {", ".join(keys)}) AS times
                FROM staged {_joins(load)} WHERE {known}
            ) AS keyed WHERE times > 1"""
    )
    content = ", ".join(f"coalesce(cell.{column.name}::text, cell.{column.name}_text)" for column in load.columns)
    load.run(
        f"""CREATE TEMP TABLE kin ON COMMIT DROP AS
            WITH typed AS (
                SELECT twice.*, ({bad_sql(load)}) IS TRUE AS bad, ARRAY[{content}] AS content
                FROM ({cells_sql(load, texts=True, where="staged.line IN (SELECT line FROM twice)")}) AS cell
                JOIN twice USING (line)
            ), groups AS (
                SELECT {listed}, count(DISTINCT content) AS versions, min(line) AS first_line,
                       (array_agg(line ORDER BY line))[1:{SHOWN_LINES}] AS lines
                FROM typed GROUP BY {listed}
            )
            SELECT typed.line, typed.bad, groups.versions, groups.first_line, groups.lines
            FROM typed JOIN groups USING ({listed})"""
    )


def _mark_contradictions(load: Load) -> None:
    load.run(
        """UPDATE staged
           SET fault = concat_ws('|', fault, 'contradiction ' || array_to_string(kin.lines, ', '))
           FROM kin WHERE kin.line = staged.line AND kin.versions > 1"""
    )
