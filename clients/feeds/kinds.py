"""What may stand in a cell: how SQL reads it, when it is wrong, and what a person is told then.

SQL here is written for the two levels of `sift.py`: `cell` names the staged text (`staged.amount`), `typed` the value
made of it (`cell.amount`), NULL where nothing could be made. `alias` is free for a join of the column's own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

ZONE = "'Asia/Shanghai'"
EARLIEST = dt.date(1900, 1, 1)
DAY = r"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
CLOCK = r"[T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][0-9][0-9](:?[0-9][0-9])?)?"
MOMENT_SHAPE = f"^{DAY}({CLOCK})?$"
# Beyond these texts an offset can lead out of the years 1 to 9999, which are all that Python knows.
FIRST_MOMENT, LAST_MOMENT = "0002-01-01", "9999-12-31"
LONGEST_QUOTE = 40


def quoted(cell: str) -> str:
    """A cell as it is named in a reason: in quotation marks, cut where it is long."""
    return f"“{cell if len(cell) <= LONGEST_QUOTE else cell[:LONGEST_QUOTE] + '…'}”"


@dataclass(frozen=True)
class Kind:
    """Base of all kinds. `tomorrow` is the last day that a fact may be dated."""

    @property
    def sql_type(self) -> str:
        """The type of the value, as PostgreSQL names it."""
        return "text"

    def join(self, cell: str, alias: str) -> str:
        """What the value is looked up in, as a LEFT JOIN; empty where it is read from the cell itself."""
        return ""

    def value(self, cell: str, alias: str) -> str:
        """The typed value; NULL where the cell is empty or wrong."""
        raise NotImplementedError

    def key(self, cell: str, alias: str) -> str:
        """The value as the key of a row: what a stored row is found by."""
        return self.value(cell, alias)

    def optional(self, cell: str, alias: str, empty: str) -> str:
        """The typed value where an empty cell stands for `empty` (SQL)."""
        return f"CASE WHEN {cell} = '' THEN {empty} ELSE {self.value(cell, alias)} END"

    def broken(self, typed: str) -> str:
        """True for a value that was understood and is wrong all the same; empty where there is no such thing."""
        return ""

    def same(self, cell: str, alias: str, stored: str) -> str:
        """True where the cell plainly says what is stored, so that no closer look is needed; empty for no such test."""
        return ""

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        """Why this cell, which is not empty, was found wrong: names it, and what is expected."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    """Free words up to a number of characters; none for no limit."""

    longest: int | None = None
    shown: bool = True  # whether a reason may quote the cell

    def value(self, cell: str, alias: str) -> str:
        return f"NULLIF({cell}, '')"

    def key(self, cell: str, alias: str) -> str:
        return cell

    def optional(self, cell: str, alias: str, empty: str) -> str:
        return cell if empty == "''" else super().optional(cell, alias, empty)

    def broken(self, typed: str) -> str:
        if self.longest is None:
            return ""
        return f"(octet_length({typed}) > {self.longest} AND char_length({typed}) > {self.longest})"

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored} = {cell}"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        words = _("has %(count)s characters; at most %(most)s are expected") % {
            "count": len(cell),
            "most": self.longest,
        }
        return f"{quoted(cell)} {words}" if self.shown else words


@dataclass(frozen=True)
class Code(Kind):
    """One of a few words, each standing for a stored code."""

    codes: Mapping[str, str]

    def value(self, cell: str, alias: str) -> str:
        same = ", ".join(f"'{word}'" for word, code in self.codes.items() if word == code)
        others = "".join(f" WHEN {cell} = '{word}' THEN '{code}'" for word, code in self.codes.items() if word != code)
        return f"CASE WHEN {cell} IN ({same}) THEN {cell}{others} END"

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored} = {cell}"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        return _("%(cell)s is not known; expected is one of: %(codes)s") % {
            "cell": quoted(cell),
            "codes": ", ".join(self.codes),
        }


@dataclass(frozen=True)
class Flag(Kind):
    yes: str
    no: str

    @property
    def sql_type(self) -> str:
        return "boolean"

    def value(self, cell: str, alias: str) -> str:
        return f"CASE {cell} WHEN '{self.yes}' THEN true WHEN '{self.no}' THEN false END"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        return _("%(cell)s is not known; expected is %(yes)s or %(no)s") % {
            "cell": quoted(cell),
            "yes": self.yes,
            "no": self.no,
        }


@dataclass(frozen=True)
class Number(Kind):
    """A decimal number with a point, so many digits before it and after it."""

    before: int
    after: int
    negative: bool = False
    lowest: int = 0
    highest: int | None = None

    @property
    def sql_type(self) -> str:
        return f"numeric({self.before + self.after},{self.after})"

    def value(self, cell: str, alias: str) -> str:
        # The shape is looked at only where the number is not written as PostgreSQL would write it: a regular
        # expression over every cell costs more than all else.
        shape = rf"^[+-]?[0-9]*(\.{'[0-9]?' * self.after})?$"
        return (
            f"CASE WHEN {cell} = 'NaN' OR NOT pg_input_is_valid({cell}, '{self.sql_type}') THEN NULL "
            f"WHEN {cell}::{self.sql_type}::text = {cell} OR {cell} ~ '{shape}' THEN {cell}::{self.sql_type} END"
        )

    def broken(self, typed: str) -> str:
        limits = [] if self.negative else [f"{typed} < {self.lowest}"]
        limits += [] if self.highest is None else [f"{typed} > {self.highest}"]
        return " OR ".join(limits)

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored}::text = {cell}"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        shape = re.fullmatch(r"([+-]?)0*([0-9]*)\.?([0-9]*)", cell)
        if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", cell):
            reason = _("%(cell)s has thousands separators; expected is a number such as 1234.50")
        elif shape is None or not re.search("[0-9]", cell):
            reason = _("%(cell)s is not a number; expected is a number such as 1234.50")
        elif len(shape[3]) > self.after:
            reason = _("%(cell)s has more than %(after)s decimals")
        elif len(shape[2]) > self.before:
            reason = _("%(cell)s is too large: at most %(before)s digits are expected before the decimal point")
        elif shape[1] == "-":
            reason = _("%(cell)s is negative; expected is %(lowest)s or more")
        else:
            reason = _("%(cell)s is too large; expected is a number from %(lowest)s to %(highest)s")
        return reason % {
            "cell": quoted(cell),
            "before": self.before,
            "after": self.after,
            "lowest": self.lowest,
            "highest": self.highest,
        }


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from 0."""

    @property
    def sql_type(self) -> str:
        return "integer"

    def value(self, cell: str, alias: str) -> str:
        return f"CASE WHEN {cell} ~ '^[+]?[0-9]+$' AND pg_input_is_valid({cell}, 'integer') THEN {cell}::integer END"

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored}::text = {cell}"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        return _("%(cell)s is not a whole number from 0 to 2147483647") % {"cell": quoted(cell)}


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day in Asia/Shanghai: a date, or a time that is brought to that day. Read once for all equal cells."""

    fact: bool = False

    @property
    def sql_type(self) -> str:
        return "date"

    def join(self, cell: str, alias: str) -> str:
        return f"LEFT JOIN day_words AS {alias} ON {alias}.word = {cell}"

    def value(self, cell: str, alias: str) -> str:
        return f"{alias}.day"

    def broken(self, typed: str) -> str:
        return _outside(typed) if self.fact else ""

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored} = {alias}.day"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        expected = _("%(cell)s is not a date; expected is a date such as 2026-11-22")
        return _explain_day(cell, tomorrow if self.fact else None, expected)


@dataclass(frozen=True)
class Moment(Kind):
    """A time; without an offset it is Asia/Shanghai, a bare date is its midnight."""

    fact: bool = False

    @property
    def sql_type(self) -> str:
        return "timestamptz"

    def value(self, cell: str, alias: str) -> str:
        return moment(cell)

    def broken(self, typed: str) -> str:
        return _outside(local_day(typed)) if self.fact else ""

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"""to_char({stored} AT TIME ZONE {ZONE}, 'YYYY-MM-DD"T"HH24:MI:SS') = {cell}"""

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        expected = _("%(cell)s is not a time; expected is one such as 2026-11-22T09:30:00, or a date")
        return _explain_day(cell, tomorrow if self.fact else None, expected)


@dataclass(frozen=True)
class Known(Kind):
    """The number of something that is known already: its row's id. `only` narrows the table (SQL over `{alias}`)."""

    table: str
    column: str
    unknown: str | Promise  # "no client has the number %(cell)s"
    only: str = ""

    @property
    def sql_type(self) -> str:
        return "bigint"

    def join(self, cell: str, alias: str) -> str:
        only = f" AND {self.only.format(alias=alias)}" if self.only else ""
        return f"LEFT JOIN {self.table} AS {alias} ON {alias}.{self.column} = {cell}{only}"

    def value(self, cell: str, alias: str) -> str:
        return f"{alias}.id"

    def same(self, cell: str, alias: str, stored: str) -> str:
        return f"{stored} = {alias}.id"

    def explain(self, cell: str, tomorrow: dt.date) -> str:
        return str(self.unknown) % {"cell": quoted(cell)}


def moment(cell: str) -> str:
    """SQL: the instant that a text stands for, NULL where it stands for none."""
    return (
        f"CASE WHEN {cell} !~ '{MOMENT_SHAPE}' OR NOT pg_input_is_valid({cell}, 'timestamptz') "
        f"""OR {cell} COLLATE "C" < '{FIRST_MOMENT}' OR {cell} COLLATE "C" > '{LAST_MOMENT}' THEN NULL """
        f"WHEN substr({cell}, 11) ~ '[Z+-]' THEN {cell}::timestamptz "
        f"ELSE {cell}::timestamp AT TIME ZONE {ZONE} END"
    )


def local_day(instant: str) -> str:
    """SQL: the calendar day of an instant in Asia/Shanghai."""
    return f"({instant} AT TIME ZONE {ZONE})::date"


def _outside(day: str) -> str:
    return f"{day} > %(tomorrow)s OR {day} < '{EARLIEST}'"


def _explain_day(cell: str, tomorrow: dt.date | None, expected: str) -> str:
    """Why a cell is not a day, or not one that a fact can have (`tomorrow` is the last one; None for what is no fact).

    `expected` is said where it has not even the form of a day.
    """
    if not re.match(MOMENT_SHAPE, cell):
        return expected % {"cell": quoted(cell)}
    try:
        day = dt.date.fromisoformat(cell[:10])
    except ValueError:
        return _("%(cell)s does not exist in the calendar") % {"cell": quoted(cell)}
    if tomorrow is not None and day < EARLIEST:
        return _("%(cell)s is before %(earliest)s") % {"cell": quoted(cell), "earliest": EARLIEST}
    if tomorrow is not None and day >= tomorrow:
        return _("%(cell)s is after tomorrow (%(tomorrow)s)") % {"cell": quoted(cell), "tomorrow": tomorrow}
    return expected % {"cell": quoted(cell)}
