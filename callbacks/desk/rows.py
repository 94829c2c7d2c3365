"""The lines of the lists of calls, made ready in Python: a page has fifty, and templates are slow with small pieces."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from callbacks.calls.choices import OPEN
from callbacks.calls.models import Call, CallReason
from callbacks.desk.cells import CELLS
from callbacks.desk.sentences import sentence_of
from callbacks.desk.time_left import Left, left
from clients.desk.rows import branch_short
from clients.profile.policies import own_manager_ids, shown_name
from crm.organisation.models import User
from crm.web.figures import is_chinese
from crm.web.lists import Column
from crm.web.lists.cells import drawer
from crm.web.templatetags.ui import grouped
from crm.worktime.arithmetic import Calendar
from crm.worktime.calendars import calendar


class Found(NamedTuple):
    """What is read of a call, in the order of `READ`."""

    pk: int
    client_no: str | None
    client_name: str | None
    client_kind: str | None
    manager_id: int | None
    contact_name: str
    kind: str
    rank: int
    due_at: dt.datetime
    state: str
    hold: str
    form: str
    ready: bool
    assignee: str | None
    claimed_by: str | None
    claimed_at: dt.datetime | None
    tries: int
    skips: int
    last_tried_at: dt.datetime | None
    made_at: dt.datetime
    ended_at: dt.datetime | None
    ended_by: str | None
    outcome_zh: str | None
    outcome_en: str | None
    tier: str | None
    branch: str | None
    unit: str | None


READ = (
    "pk", "client__client_no", "client__name", "client__kind", "client__manager_id", "contact_name", "kind", "rank",
    "due_at", "state", "hold", "form", "ready", "assignee__name", "claimed_by__name", "claimed_at", "tries", "skips",
    "last_tried_at", "made_at", "ended_at", "ended_by__name", "outcome__label_zh", "outcome__label_en",
    "client__standing__tier", "branch__name", "unit__name",
)  # fmt: skip


NAMES = Found._fields
# Columns whose table is joined for them alone: eight joins cost more to plan than fifty rows to read.
JOINED = {
    "tier": ("client__standing__tier",),
    "branch": ("branch__name",),
    "unit": ("unit__name",),
    "ended_by": ("ended_by__name",),
    "outcome": ("outcome__label_zh", "outcome__label_en"),
    "assignee": ("assignee__name", "claimed_by__name"),
}


class Line(NamedTuple):
    """One line, ready to be written."""

    one: Found
    url: str
    number: str
    name: str
    is_own: bool  # shown in clear
    why: str
    left: Left
    cells: SafeString = SafeString("")  # those of the columns that are shown, in their order

    @property
    def is_open(self) -> bool:
        return self.one.state in OPEN

    @property
    def outcome(self) -> str:
        return (self.one.outcome_zh if is_chinese() else self.one.outcome_en) or ""

    @property
    def branch(self) -> str:
        return branch_short(self.one.branch or "")


def call_url(pk: int) -> str:
    """The address of a call's page."""
    return reverse("callbacks:call", args=[pk])


def lines_of(call_ids: Sequence[int], user: User, now: dt.datetime, columns: Sequence[Column] = ()) -> list[Line]:
    """The lines of these calls, in this order, with the cells of `columns`: two queries."""
    by_id = {one.pk: one for one in _found(call_ids, columns)}
    lines = each_line((by_id[pk] for pk in call_ids if pk in by_id), reasons_of(call_ids), user, now)
    if not columns:
        return lines
    draw = drawer(columns, CELLS)
    return [line._replace(cells=draw(line)) for line in lines]


def _found(call_ids: Sequence[int], columns: Sequence[Column]) -> list[Found]:
    """What `columns` show of these calls (everything without any): one query."""
    shown = {column.name for column in columns}
    left_out = {one for name, several in JOINED.items() if shown and name not in shown for one in several}
    places = [place for place, name in enumerate(READ) if name not in left_out]
    rows = Call.objects.filter(pk__in=call_ids).values_list(*(READ[place] for place in places))
    empty: dict[str, Any] = dict.fromkeys(NAMES)
    names = [NAMES[place] for place in places]
    return [Found(**(empty | dict(zip(names, values, strict=True)))) for values in rows]


def each_line(found: Iterable[Found], reasons: dict[int, list[Said]], user: User, now: dt.datetime) -> list[Line]:
    """The lines of what was read, without cells."""
    own, days = own_manager_ids(user), calendar()
    address = call_url(0).split("0")
    return [_line(one, reasons.get(one.pk, []), own, now, days, address) for one in found]


class Said(NamedTuple):
    """What a sentence needs of a reason."""

    kind: str
    facts: dict[str, Any]


def reasons_of(call_ids: Iterable[int]) -> dict[int, list[Said]]:
    """The reasons of each call, the most urgent first: one query."""
    kept: dict[int, list[Said]] = defaultdict(list)
    found = CallReason.objects.filter(call__in=list(call_ids)).order_by("call_id", "rank", "id")
    for call_id, kind, facts in found.values_list("call_id", "kind", "facts"):
        kept[call_id or 0].append(Said(kind, facts))
    return kept


def _line(
    one: Found,
    reasons: Sequence[Said],
    own: frozenset[int],
    now: dt.datetime,
    days: Calendar,
    address: list[str],
) -> Line:
    is_own = one.manager_id in own
    kind = one.client_kind or ""
    name = one.client_name if one.client_name is not None else one.contact_name
    return Line(
        one=one,
        url=str(one.pk).join(address),
        number=grouped(one.client_no) if one.client_no else "",
        name=shown_name(name, kind, clear=is_own),
        is_own=is_own,
        why=sentence_of(reasons),
        left=left(one.due_at, now, days) if one.state in OPEN else Left(""),
    )
