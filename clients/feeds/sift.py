"""The checks, as one statement for each feed, built from its declaration.

`cells_sql` reads the staged text into typed values and puts beside them what is stored under the same key. `sift`
decides about each row: *bad* (with the columns at fault), *new*, *changed* or *same*, and keeps all but the last in
the temporary table `sifted`.
"""

# ruff: noqa: S608 (the SQL is made of declarations in code; what a file says stays in tables)

from __future__ import annotations

from collections.abc import Iterable

from clients.feeds.kinds import MOMENT_SHAPE, Day, local_day, moment
from clients.feeds.load import Load
from clients.feeds.spec import Column, Rule

OUTSIDE = "within"  # in `faults`, after the slash: the row belongs to somebody else's branch


def read_days(load: Load) -> None:
    """The temporary table `day_words`: every distinct text of the file's day columns and the day it stands for."""
    days = [column.cell for column in load.columns if isinstance(column.kind, Day)]
    if not days:
        return
    words = " UNION ".join(f"SELECT {cell} AS word FROM staged" for cell in days)
    load.run("DROP TABLE IF EXISTS pg_temp.day_words")
    load.run(
        f"""CREATE TEMP TABLE day_words ON COMMIT DROP AS
            SELECT word, CASE WHEN word !~ '{MOMENT_SHAPE}' THEN NULL
                              WHEN length(word) > 10 THEN {local_day(moment("word"))}
                              WHEN pg_input_is_valid(word, 'date') THEN word::date END AS day
            FROM (SELECT DISTINCT word FROM ({words}) AS cells) AS words"""
    )
    load.run("ANALYZE day_words")
    first, last, load.days_vary = load.one("SELECT min(day), max(day), count(day) > count(DISTINCT day) FROM day_words")
    load.params |= {"first_day": first, "last_day": last}


def cells_sql(load: Load, *, texts: bool = False, where: str = "true") -> str:
    """SELECT of the typed rows that match `where`. With `texts` every cell's text stands beside its value.

    OFFSET 0 keeps PostgreSQL from working out a value again wherever it is used.
    """
    feed = load.feed
    parts = ["staged.line", "staged.fault"]
    for column in feed.columns:
        present = column.name in load.present
        parts.append(f"{column.value() if present else _kept(load, column)} AS {column.name}")
        if present and (texts or not column.required):
            parts.append(f"{column.cell} AS {column.name}_text")
    was = [*feed.row_key, *compared(load), *(field.store for field in feed.fields)]
    parts += [f"stored.{store} AS was_{store}" for store in dict.fromkeys(was)]
    if load.branches is not None:
        parts.append(f"coalesce({feed.within}, false) AS within")
    select = ",\n       ".join(parts)
    return f"""
SELECT {select}
FROM staged
{known_joins(load.columns)}
{feed.joins}
LEFT JOIN {feed.stored or feed.table} AS stored ON {_stored_key(load)}
WHERE {where}
OFFSET 0"""


def known_joins(columns: Iterable[Column]) -> str:
    """The look-ups of some columns."""
    joins = (column.kind.join(column.cell, column.alias) for column in columns)
    return "\n".join(join for join in joins if join)


def compared(load: Load) -> list[str]:
    """The table's columns that this file can change: those of its own columns, and what is worked out from them."""
    own = [column.store for column in load.columns if column.store and column.name not in load.feed.key]
    worked_out = [field.store for field in load.feed.fields if load.present & set(field.columns)]
    return own + worked_out


def values(load: Load) -> dict[str, str]:
    """Every column that the feed fills, here or elsewhere, and its SQL over the typed row."""
    own = {column.store: f"cell.{column.name}" for column in load.feed.columns if column.store}
    return own | {field.store: field.value for field in load.feed.fields}


def bad_sql(load: Load) -> str:
    """True for a typed row that is not taken."""
    wrong = [f"({column.wrong()})" for column in load.columns]
    wrong += [_breaks(load, rule) for rule in load.feed.rules]
    wrong += ["NOT cell.within"] if load.branches is not None else []
    return " OR ".join(["cell.fault IS NOT NULL", *wrong])


def _breaks(load: Load, rule: Rule) -> str:
    return f"({rule.wrong} AND {_differs(load, values(load))})" if rule.of_changes else f"({rule.wrong})"


def sift(load: Load) -> None:
    """Make `sifted`: line, fate, faults (columns, with /rule where it is one), warned, the table's columns, was_…"""
    feed = load.feed
    cells = cells_sql(load, where=_worth_a_look(load))
    bad, found = bad_sql(load), f"cell.was_{feed.row_key[0]} IS NULL"
    filled = values(load)
    differs = _differs(load, filled)
    warned = " OR ".join(
        f"(cell.{column.name} IS NULL AND cell.{column.name}_text <> '')"
        for column in load.columns
        if column.unknown_warns
    )
    columns = ",\n       ".join(
        [
            *(f"{value} AS {store}" for store, value in filled.items()),
            *(f"cell.was_{store}" for store in feed.row_key),
        ]
    )
    load.run("DROP TABLE IF EXISTS pg_temp.sifted")
    load.run(
        f"""CREATE TEMP TABLE sifted ON COMMIT DROP AS
SELECT cell.line,
       CASE WHEN {bad} THEN 'bad' WHEN {found} THEN 'new' WHEN {differs} THEN 'changed' ELSE 'same' END AS fate,
       CASE WHEN {bad} THEN {_faults(load)} END AS faults,
       {warned or "false"} AS warned,
       {columns}
FROM ({cells}) AS cell
WHERE {bad} OR {found} OR {differs} OR {warned or "false"}"""
    )


def _kept(load: Load, column: Column) -> str:
    """The value of a column that the file does not have: what is stored, or the default of a new row."""
    if not column.store:
        return f"NULL::{column.kind.sql_type}"
    return f"CASE WHEN stored.{load.feed.row_key[0]} IS NULL THEN {column.empty} ELSE stored.{column.store} END"


def _stored_key(load: Load) -> str:
    columns = [load.feed.column(name) for name in load.feed.key]
    pairs = [f"stored.{column.store} = {column.kind.key(column.cell, column.alias)}" for column in columns]
    if load.feed.months and any(column.store == "day" for column in columns):
        pairs.append("stored.day BETWEEN %(first_day)s AND %(last_day)s")  # only these months' partitions are read
    return " AND ".join(pairs)


def _worth_a_look(load: Load) -> str:
    """Rows whose cells plainly say what is stored need no reading: in a file that comes again, that is all of them."""
    others = [column for column in load.columns if column.name not in load.feed.key]
    same = [column.kind.same(column.cell, column.alias, f"stored.{column.store}") for column in others]
    if load.branches is not None or not all(same) or not all(column.store for column in others):
        return "true"
    return f"({' AND '.join(['staged.fault IS NULL', *same])}) IS NOT TRUE"


def _differs(load: Load, filled: dict[str, str]) -> str:
    stores = compared(load)
    if not stores:
        return "false"
    was = ", ".join(f"cell.was_{store}" for store in stores)
    new = ", ".join(filled[store] for store in stores)
    return f"ROW({was}) IS DISTINCT FROM ROW({new})"


def _faults(load: Load) -> str:
    """SQL of the list of what is wrong with a row; empty where only the reader found a fault."""
    wrong = [(column.name, column.wrong()) for column in load.columns]
    wrong += [(f"{rule.column}/{number}", _breaks(load, rule)) for number, rule in enumerate(load.feed.rules)]
    if load.branches is not None:
        wrong.append((f"{load.feed.within_column}/{OUTSIDE}", "NOT cell.within"))
    whens = ", ".join(f"CASE WHEN {condition} THEN '{name}' END" for name, condition in wrong)
    return f"array_remove(ARRAY[{whens}], NULL)"
