"""Works out everybody's figures and segments as of a day into temporary tables: `sql/` in order, nothing stored.

The tables live in the session until `workspace` drops them: `seg_result` holds a row for each client of the run,
`seg_cut` the branches' cuts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.segmentation.rules import CARDS, Rules
from clients.segmentation.sql import assets, members, movements, result, trading

Say = Callable[[int, str | Promise], None]

TABLES = ("seg_member", "seg_assets", "seg_history", "seg_window", "seg_cut", "seg_movement", "seg_result", "seg_trial")
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


def parameters(as_of: dt.date, rules: Rules) -> dict[str, Any]:
    """The numbers and days of the statements, by name. Months are subtracted by PostgreSQL, as the rules say."""
    day = dt.timedelta(days=1)
    movement, risk = rules.movement, rules.at_risk
    recent_from = as_of - (risk.days - 1) * day
    found: dict[str, Any] = {
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


def steps(rules: Rules) -> list[Step]:
    """The statements of a computation, in order."""
    return [
        Step(_("clients of the run"), members.MEMBERS),
        Step(_("assets"), assets.ASSETS),
        Step(_("trades of all years"), trading.HISTORY, BY_ONE),
        Step(_("trades of the window"), trading.WINDOW),
        Step(_("the branches' cuts"), trading.CUTS),
        Step(_("flows"), movements.FLOWS),
        Step(_("trading bursts"), movements.BURSTS),
        Step(_("alerts"), movements.ALERTS),
        Step(_("segments"), result.result(rules.order), IN_ORDER),
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
    isolation holds instead.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for setting in SETTINGS:
            cursor.execute(setting)
        values = parameters(as_of, rules)
        for number, step in enumerate(steps(rules)):
            say(number, step.words)
            _take(cursor, step, values)


def _take(cursor: CursorWrapper, step: Step, values: dict[str, Any]) -> None:
    """Run one step under its settings, and let the planner know what it left."""
    for name, value in step.settings.items():
        cursor.execute(f"SET LOCAL {name} TO {value}")
    cursor.execute(step.sql, values)
    for name in step.settings:
        cursor.execute(f"SET LOCAL {name} TO DEFAULT")
    if "CREATE TEMP TABLE" in step.sql:
        cursor.execute(f"ANALYZE {step.sql.split('CREATE TEMP TABLE')[1].split()[0]}")
