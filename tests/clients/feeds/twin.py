"""A second, slow reading of feed files in plain Python, from the agreed format alone; shares no code with the engine.

A firm is a dictionary of what is stored; `take` brings one file into it and says what became of every line.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 22)
CLIENTS = {f"C{number}" for number in range(1, 6)}

Read = Callable[[str], Any]


class Bad(Exception):
    """A cell that is not taken."""


def text(longest: int) -> Read:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise Bad
        return cell

    return read


def one_of(words: str, **others: str) -> Read:
    known = {word: word for word in words.split()} | others

    def read(cell: str) -> str:
        if cell not in known:
            raise Bad
        return known[cell]

    return read


def client(cell: str) -> str:
    if cell not in CLIENTS:
        raise Bad
    return cell


def number(before: int, after: int, lowest: int | None = 0, highest: int | None = None) -> Read:
    def read(cell: str) -> Decimal:
        parts = re.fullmatch(r"[+-]?([0-9]*)(?:\.([0-9]*))?", cell)
        if not parts or not (parts[1] or parts[2]):
            raise Bad
        if len(parts[1].lstrip("0")) > before or len(parts[2] or "") > after:
            raise Bad
        found = Decimal(cell)
        if (lowest is not None and found < lowest) or (highest is not None and found > highest):
            raise Bad
        return found

    return read


def instant(cell: str) -> dt.datetime:
    """In Shanghai where the cell says nothing else; a bare date is its midnight."""
    shape = r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?"
    parts = re.fullmatch(shape, cell, re.ASCII)
    if not parts:
        raise Bad
    try:
        day, clock = dt.date.fromisoformat(parts[1]), parts[2] or "00:00"
        midnight = clock.startswith("24:00") and not clock.strip("24:0.")
        time = dt.time() if midnight else dt.time.fromisoformat(clock)
        zone = offset(parts[3]) if parts[3] else SHANGHAI
        return dt.datetime.combine(day + dt.timedelta(days=midnight), time, zone).astimezone(SHANGHAI)
    except (ValueError, OverflowError) as error:
        raise Bad from error


def offset(words: str) -> dt.timezone:
    if words == "Z":
        return dt.UTC
    hours, minutes = int(words[1:3]), int(words[3:].lstrip(":") or 0)
    if hours > 15 or minutes > 59:
        raise ValueError(words)
    ahead = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(ahead if words[0] == "+" else -ahead)


def moment(cell: str) -> dt.datetime:
    """Of a fact: from 1900 to tomorrow."""
    found = instant(cell)
    if not dt.date(1900, 1, 1) <= found.date() <= TODAY + dt.timedelta(days=1):
        raise Bad
    return found


def fact_day(cell: str) -> dt.date:
    return moment(cell).date()


def any_day(cell: str) -> dt.date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII):
        return instant(cell).date()
    try:
        return dt.date.fromisoformat(cell)
    except ValueError as error:
        raise Bad from error


@dataclass(frozen=True)
class Format:
    """Required columns, optional ones with what an empty cell stands for, and the key."""

    required: Mapping[str, Read]
    optional: Mapping[str, tuple[Read, Any]]
    key: tuple[str, ...]
    finish: Callable[[dict[str, Any], set[str]], None] = lambda record, given: None


MONEY, SIGNED, NO = number(16, 2), number(16, 2, lowest=None), text(64)
SIDE, DIRECTION, SOURCE = one_of("buy sell"), one_of("in out"), one_of("exchange compliance system")


def level_of(score: Decimal) -> str:
    bands = {83: "C5", 54: "C4", 37: "C3", 20: "C2", 1: "C1", 0: "C1-lowest"}
    return next(level for lowest, level in bands.items() if score >= lowest)


def two_years_on(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 2)
    except ValueError:
        return day.replace(year=day.year + 2, day=28)


def assessed(record: dict[str, Any], given: set[str]) -> None:
    """`given` are the columns with something in them."""
    if "level" not in given:
        if "score" not in given:
            raise Bad
        record["level"] = level_of(record["score"])
    record["valid_until"] = record.get("valid_until") or two_years_on(record["assessed_on"])


FORMATS = {
    "assets": Format(
        {"client_no": client, "date": fact_day, "cash": SIGNED, "securities": SIGNED}, {}, ("client_no", "date")
    ),
    "trades": Format(
        {"trade_no": NO, "client_no": client, "traded_at": moment, "side": SIDE, "amount": MONEY},
        {"symbol": (text(32), ""), "quantity": (number(18, 10), None), "commission": (MONEY, Decimal(0))},
        ("trade_no",),
    ),
    "cashflows": Format(
        {"flow_no": NO, "client_no": client, "occurred_at": moment, "direction": DIRECTION, "amount": MONEY},
        {"kind": (text(50), "")},
        ("flow_no",),
    ),
    "alerts": Format(
        {"alert_no": NO, "client_no": client, "raised_on": fact_day, "source": SOURCE},
        {"kind": (text(100), ""), "summary": (text(10**6), ""), "closed_on": (any_day, None)},
        ("alert_no",),
    ),
    "risk_assessments": Format(
        {"client_no": client, "assessed_on": fact_day},
        {
            "level": (one_of("C1-lowest C1 C2 C3 C4 C5", conservative="C1", steady="C3", aggressive="C4"), None),
            "score": (number(4, 2, highest=100), None),
            "valid_until": (any_day, None),
        },
        ("client_no", "assessed_on"),
        assessed,
    ),
    "permission_requests": Format(
        {
            "request_no": NO,
            "client_no": client,
            "permission": one_of("chinext star bse hk_connect margin"),
            "requested_on": fact_day,
        },
        {"status": (one_of("requested opened refused closed"), "")},
        ("request_no",),
    ),
}


@dataclass
class Taken:
    """What became of a file: the counters, and the lines that were not taken."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[int] = field(default_factory=list)


@dataclass
class Line:
    number: int
    cells: dict[str, str]
    values: dict[str, Any] | None = None  # None: bad by itself
    key: tuple[Any, ...] | None = None
    content: tuple[Any, ...] = ()


def take(feed: str, file: str, stored: dict[tuple[Any, ...], dict[str, Any]]) -> Taken:
    """Bring a file without line breaks in its cells into `stored`."""
    form, taken = FORMATS[feed], Taken()
    header, *body = [[cell.strip(" \t") for cell in row] for row in csv.reader(io.StringIO(file, newline=""))]
    known = [name for name in header if name in {**form.required, **form.optional}]
    lines = [Line(number, dict(zip(header, row, strict=True))) for number, row in enumerate(body, start=2)]
    kin = defaultdict(list)
    for line in lines:
        read_line(form, known, line)
        if line.key is not None:
            kin[line.key].append(line)
    for line in lines:
        family = kin[line.key] if line.key is not None else [line]
        if len({one.content for one in family}) > 1 or line.values is None:
            taken.rejected.append(line.number)
        elif line is family[0]:
            taken.counts[write(form, known, line, stored)] += 1
        else:
            taken.counts["repeats"] += 1
    return taken


def read_line(form: Format, known: list[str], line: Line) -> None:
    values: dict[str, Any] = {}
    readable = True
    for name in known:
        cell = line.cells[name]
        try:
            values[name] = read_cell(form, name, cell)
        except Bad:
            readable = False
            values[name] = Bad, cell
    line.content = tuple(values[name] for name in known)
    if all(not isinstance(values[name], tuple) for name in form.key):
        line.key = tuple(values[name] for name in form.key)
    try:
        form.finish(dict(values), {name for name in known if line.cells[name]}) if readable else None
    except Bad:
        readable = False
    line.values = values if readable else None


def read_cell(form: Format, name: str, cell: str) -> Any:
    if name in form.required:
        if not cell:
            raise Bad
        return form.required[name](cell)
    read, empty = form.optional[name]
    return read(cell) if cell else empty


def write(form: Format, known: list[str], line: Line, stored: dict[tuple[Any, ...], dict[str, Any]]) -> str:
    assert line.values is not None
    assert line.key is not None
    before = stored.get(line.key)
    after = dict(before) if before is not None else {name: empty for name, (_read, empty) in form.optional.items()}
    after |= line.values
    form.finish(after, {name for name in known if line.cells[name]})
    stored[line.key] = after
    if before is None:
        return "inserted"
    return "unchanged" if before == after else "updated"
