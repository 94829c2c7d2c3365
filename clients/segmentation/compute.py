"""Works out everybody's figures and segments as of a day into temporary tables: `sql/` in order, nothing stored.

The tables live in the session until `workspace` drops them: `seg_result` holds a row for each client of the run,
`seg_cut` the branches' cuts, `seg_place` how many clients are where.

Assets and trades are worked out side by side, in two sessions that see one state of the data: a machine with two cores
then needs little more than half the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.segmentation.rules import CARDS, Rules
from clients.segmentation.sql import assets, members, movements, result, trading

Say = Callable[[int, str | Promise], None]
Values = dict[str, Any]

TABLES = (
    "seg_member",
    "seg_assets",
    "seg_history",
    "seg_window",
    "seg_cut",
    "seg_movement",
    "seg_result",
    "seg_place",
    "seg_trial",
)
TRADING = ("seg_history", "seg_window", "seg_cut")  # what the session beside leaves
COLUMNS = """
SELECT string_agg(format('%%I %%s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0
"""
IN_MEMORY = 16 * 1024**2  # bytes of a table on its way from one session to the other; what is more lies in a file
# A run reads whole tables and holds a few hash tables of a row per client. The bundled server's costs favour its
# indexes, which is right for pages and wrong for reading millions of rows in the order of something else.
SETTINGS = (
    "SET LOCAL work_mem = '128MB'",
    "SET LOCAL random_page_cost = 4",
    "SET LOCAL parallel_setup_cost = 100",
    "SET LOCAL parallel_tuple_cost = 0.01",
)

DAYS = """
SELECT (as_of - make_interval(months => %(window_months)s))::date + 1 AS window_from,
       (as_of - make_interval(months => 12))::date AS year_after,
       (as_of - make_interval(months => %(dormant_months)s))::date AS dormant_since,
       ARRAY(SELECT (as_of - make_interval(months => n))::date + 1 FROM generate_series(1, 12) AS n) AS months
FROM (SELECT %(as_of)s::date) AS run (as_of)
"""


# Sums of decimals by hundreds of thousands of clients cost more to hand from worker to worker than to make by one.
BY_ONE = {"max_parallel_workers_per_gather": "0"}
# Tables that lie in the order of their clients already are joined in that order: hash tables of a row per client are
# read at random, from memory instead of the processor's cache.
IN_ORDER = {"enable_hashjoin": "off"}


@dataclass(frozen=True)
class Step:
    """One statement, what it does in a word for whoever watches, and settings that hold for it alone."""

    words: str | Promise
    sql: str
    settings: Mapping[str, str] = field(default_factory=dict)


def parameters(as_of: dt.date, rules: Rules) -> Values:
    """The numbers and days of the statements, by name. Months are subtracted by PostgreSQL, as the rules say."""
    day = dt.timedelta(days=1)
    movement, risk = rules.movement, rules.at_risk
    recent_from = as_of - (risk.days - 1) * day
    found: Values = {
        "as_of": as_of,
        "moved_after": as_of - movement.days * day,
        "new_after": as_of - rules.new.days * day,
        "recent_from": recent_from,
        "recent_days": risk.days,
        "earlier_from": recent_from - risk.baseline_days * day,
        "earlier_days": risk.baseline_days,
        "risk_share": risk.share,
        "risk_floor": risk.floor,
        "flow": movement.flow,
        "share": movement.share,
        "share_floor": movement.share_floor,
        "trades_floor": movement.trades_floor,
        "trades_multiple": movement.trades_multiple,
        "trades_baseline_days": movement.trades_baseline_days,
        "commission_top": rules.core.commission_top,
        "core_card": CARDS.index(rules.core.min_tier) + 1,
        "cash_below": rules.dormant.cash_below,
        "trader_trades": rules.trader.trades_per_month,
        "trader_turnover": rules.trader.turnover_ratio,
        **{card: getattr(rules.tiers, card) for card in CARDS},
    }
    with connection.cursor() as cursor:
        months = {"window_months": rules.window_months, "dormant_months": rules.dormant.months}
        cursor.execute(DAYS, {"as_of": as_of, **months})
        names = [column.name for column in cursor.description]
        found |= dict(zip(names, cursor.fetchone(), strict=True))
    found |= {f"month_{number}": first for number, first in enumerate(found.pop("months"))}
    found["assets_from"] = min(found["window_from"], found["earlier_from"])
    return found


MEMBERS = Step(_("clients of the run"), members.MEMBERS)
MEMBERS_SEEN = Step(_("clients of the run"), members.MEMBERS_SEEN)


def steps(rules: Rules) -> list[Step]:
    """The statements of a computation, in order."""
    return [MEMBERS, *_of_assets(), *_of_trading(), *_of_result(rules)]


def _of_assets() -> list[Step]:
    return [
        Step(_("assets"), assets.ASSETS),
        Step(_("flows"), movements.FLOWS),
        Step(_("trading bursts"), movements.BURSTS),
        Step(_("alerts"), movements.ALERTS),
    ]


def _of_trading() -> list[Step]:
    return [
        Step(_("trades of all years"), trading.HISTORY, BY_ONE),
        Step(_("trades of the window"), trading.WINDOW, BY_ONE),
        Step(_("the branches' cuts"), trading.CUTS),
    ]


def _of_result(rules: Rules) -> list[Step]:
    return [
        Step(_("segments"), result.result(rules.order), IN_ORDER),
        Step(_("how many are where"), result.PLACES),
    ]


@contextmanager
def workspace() -> Iterator[None]:
    """Takes the temporary tables away at the end; after an error inside a transaction they go with it."""
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in TABLES)}")


def compute(as_of: dt.date, rules: Rules, *, say: Say) -> None:
    """Fill the temporary tables for D = `as_of`, all from one state of the data. `say` hears of each step.

    Call inside `workspace()`. Imports that end meanwhile are not seen; inside somebody else's transaction its
    isolation holds instead, and everything is done in its session, since no other one sees what it wrote.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        _settle(cursor, isolated=alone)
        values = parameters(as_of, rules)
        first, last = [MEMBERS, *_of_assets()], _of_result(rules)
        with _beside(cursor, values) if alone else _within(cursor, values) as trades:
            for number, step in enumerate(first):
                say(number, step.words)
                _take(cursor, step, values)
            say(len(first), _("trades"))
            trades()
        for number, step in enumerate(last, len(steps(rules)) - len(last)):
            say(number, step.words)
            _take(cursor, step, values)


def _settle(cursor: CursorWrapper, *, isolated: bool, snapshot: str = "") -> None:
    """Begin a computation's transaction; with `snapshot` it sees what the transaction that exported it sees."""
    if isolated:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    if snapshot:
        cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
    for setting in SETTINGS:
        cursor.execute(setting)


@contextmanager
def _within(cursor: CursorWrapper, values: Values) -> Iterator[Callable[[], None]]:
    """The trades worked out in the session of `cursor`, when they are asked for."""

    def make() -> None:
        for step in _of_trading():
            _take(cursor, step, values)

    yield make


@contextmanager
def _beside(cursor: CursorWrapper, values: Values) -> Iterator[Callable[[], None]]:
    """The trades worked out meanwhile in a session of their own, which sees what `cursor` sees.

    What this yields waits for their tables and brings them into the session of `cursor`. Whatever happens there, the
    other session has ended afterwards: an error waits for its statement.
    """
    cursor.execute("SELECT pg_export_snapshot()")
    snapshot = cursor.fetchone()[0]
    with ExitStack() as files, ThreadPoolExecutor(max_workers=1, thread_name_prefix="trades") as pool:
        work = pool.submit(_trades, snapshot, values, files)

        def bring() -> None:
            for name, columns, rows in work.result():
                cursor.execute(f"CREATE TEMP TABLE {name} ({columns})")
                cursor.copy_expert(f"COPY {name} FROM STDIN (FORMAT binary)", rows)
                cursor.execute(f"ANALYZE {name}")

        yield bring


def _trades(snapshot: str, values: Values, files: ExitStack) -> list[tuple[str, str, IO[bytes]]]:
    """In a thread, whose connection is its own: the tables of `TRADING`, each with its columns and its rows."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _settle(cursor, isolated=True, snapshot=snapshot)
            for step in (MEMBERS_SEEN, *_of_trading()):
                _take(cursor, step, values)
            carried = [(name, *_copied(cursor, name, files)) for name in TRADING]
            transaction.set_rollback(True)  # its temporary tables go with it
            return carried
    finally:
        connection.close()


def _copied(cursor: CursorWrapper, name: str, files: ExitStack) -> tuple[str, IO[bytes]]:
    cursor.execute(COLUMNS, [name])
    columns = cursor.fetchone()[0]
    rows = files.enter_context(SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 (the stack closes it)
    cursor.copy_expert(f"COPY {name} TO STDOUT (FORMAT binary)", rows)
    rows.seek(0)
    return columns, rows


def _take(cursor: CursorWrapper, step: Step, values: Values) -> None:
    """Run one step under its settings, and let the planner know what it left."""
    for name, value in step.settings.items():
        cursor.execute(f"SET LOCAL {name} TO {value}")
    cursor.execute(step.sql, values)
    for name in step.settings:
        cursor.execute(f"SET LOCAL {name} TO DEFAULT")
    if "CREATE TEMP TABLE" in step.sql:
        cursor.execute(f"ANALYZE {step.sql.split('CREATE TEMP TABLE')[1].split()[0]}")
