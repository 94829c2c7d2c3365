"""The list of open calls of a supervisor who sees them all: a million, first and deep pages, filters, two sizes."""

from __future__ import annotations

import statistics
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callbacks.calls.models import Call
from callbacks.desk.listing import URGENCY, open_list_of
from crm.access.middleware import HAS_CODE
from crm.organisation.models import Appointment, User
from crm.web.lists.keyset import Cursor, key_of
from crm.web.lists.state import CURSOR, read_state
from tests.bench.bench_lists import large_afterwards
from tests.bench.calls import lay_calls
from tests.bench.database import CLIENTS, FEW_CLIENTS, use
from tests.bench.figures import Figure, against_floor, medians, within

TIMES = 9
MOST_QUERIES = 12
DEEP_SHARE = 0.6
FILTERS: list[dict[str, str]] = [
    {},
    {"reason": "coverage"},
    {"unit": "SZ01"},
    {"branch": "WH01"},
    {"state": "waiting"},
    {"reason": "dormant", "branch": "SZ01"},
]


class Reader:
    """A call-centre supervisor, signed in, on the database with one open call for each of `clients` clients."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self.go()
        held = Appointment.objects.filter(role="call_centre_supervisor").order_by("user__staff_no")
        self.user = User.objects.get(pk=held.values_list("user", flat=True)[:1])
        self.browser = Browser(SERVER_NAME="localhost")
        self.browser.force_login(self.user, backend="crm.access.backends.AppointmentBackend")
        session = self.browser.session
        session[HAS_CODE] = True
        session.save()

    def go(self) -> None:
        """Let Django talk to this reader's database."""
        use(self.clients)

    def addresses(self, filters: dict[str, str], *, deep: bool) -> tuple[str, str]:
        """The addresses of the floor and of our list."""
        floor: list[tuple[str, str]] = list(filters.items())
        ours = list(filters.items())
        if deep:
            row = self._deep_row(filters)
            floor += [("after", part) for part in key_of(row, URGENCY)]
            ours.append((CURSOR, self._cursor(filters, row)))
        return f"{reverse('floor-queue')}?{urlencode(floor)}", f"{reverse('callbacks:calls')}?{urlencode(ours)}"

    def _deep_row(self, filters: dict[str, str]) -> Call:
        columns = {"reason": "kind", "unit": "unit__code", "branch": "branch__code"}
        rows = Call.objects.open().filter(**{columns.get(name, name): value for name, value in filters.items()})
        return rows.order_by(*URGENCY.fields)[int(rows.count() * DEEP_SHARE)]

    def _cursor(self, filters: dict[str, str], row: Call) -> str:
        params = QueryDict(urlencode(filters))
        state = read_state(open_list_of(self.user, params, timezone.now()), params, reverse("callbacks:calls"))
        return Cursor(state.context, backwards=False, key=key_of(row, URGENCY)).sign()

    def get(self, address: str) -> Any:
        answer = self.browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer

    def measure(self, filters: dict[str, str], *, deep: bool) -> tuple[float, float]:
        """Median seconds of the floor and of ours."""
        floor, ours = self.addresses(filters, deep=deep)
        first, second = medians(lambda: self.get(floor), lambda: self.get(ours), times=TIMES)
        return first, second

    def queries(self, address: str) -> int:
        self.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.get(address)
        return len(captured)


def bench_queue_page() -> list[Figure]:
    """Against the floor, the number of queries, and a firm two hundred times as large."""
    for clients in (FEW_CLIENTS, CLIENTS):
        lay_calls(clients)
    with large_afterwards():
        few, reader = Reader(FEW_CLIENTS), Reader(CLIENTS)
        reader.go()
        cases = [(filters, deep) for filters in FILTERS for deep in (False, True)]
        times = {_name(filters, deep): reader.measure(filters, deep=deep) for filters, deep in cases}
        most = max(reader.queries(reader.addresses(filters, deep=False)[1]) for filters in FILTERS)
        board = statistics.median(_seconds(reader, reverse("callbacks:board-live")) for _round in range(5))
        large = statistics.median(reader.measure({}, deep=deep)[1] for deep in (False, True))
        few.go()
        small = statistics.median(few.measure({}, deep=deep)[1] for deep in (False, True))
    size = f"{CLIENTS:,} open calls"
    worst = max(times, key=lambda name: times[name][1] / times[name][0])
    floor, ours = times[worst]
    plain = times[_name({}, deep=False)]
    return [
        against_floor(f"queue page, {size}, no filter", floor=plain[0], ours=plain[1], at_most=2.5),
        against_floor(f"queue page, {size}, worst: {worst}", floor=floor, ours=ours, at_most=2.5),
        within("queue page, most queries a page (queries)", ours=most, at_most=MOST_QUERIES, unit=""),
        against_floor(f"queue page, {size} against {FEW_CLIENTS:,}", floor=small, ours=large, at_most=1.2),
        within(f"live board, {size}", ours=board, at_most=0.2),
    ]


def _name(filters: dict[str, str], deep: bool) -> str:
    words = " + ".join(f"{name} {value}" for name, value in filters.items()) or "no filter"
    return f"{words}, {'deep' if deep else 'first'} page"


def _seconds(reader: Reader, address: str) -> float:
    return medians(lambda: reader.get(address), times=1)[0]
