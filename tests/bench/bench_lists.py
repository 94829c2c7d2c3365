"""The client list of somebody who sees everybody: filters alone and in pairs, first and deep pages, two sizes."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.desk.listing import SORTS, client_list
from clients.segmentation.choices import Group, Style, Tier
from clients.segmentation.models import Standing
from clients.suitability.choices import RiskLevel
from crm.organisation.models import User
from crm.web.lists.keyset import Cursor, key_of
from crm.web.lists.state import CURSOR, read_state
from tests.bench.database import CLIENTS, FEW_CLIENTS, use
from tests.bench.figures import Figure, against_floor, medians, timed, within

TIMES = 9
MOST_QUERIES = 12
WORST = 10
FULL = 150  # matches that fill a page at the place where a deep page begins
DEEP_SHARE = 0.6  # a deep page begins after this share of the rows that match
FILTERS: dict[str, list[str]] = {
    "tier": [str(code) for code in Tier.values if code != Tier.NONE],
    "style": [str(code) for code in Style.values],
    "group": [str(code) for code in Group.values],
    "risk": [str(code) for code in RiskLevel.values],
    "branch": ["SZ01", "WH01"],
    "manager": ["1107", "1605"],
}


@dataclass(frozen=True)
class Case:
    """One address of the list: some filters, and the first page or a deep one."""

    filters: dict[str, str] = field(default_factory=dict)
    deep: bool = False

    def __str__(self) -> str:
        words = " + ".join(f"{name} {value}" for name, value in self.filters.items()) or "no filter"
        return f"{words}, {'deep' if self.deep else 'first'} page"


def conditions(case: Case) -> dict[str, str]:
    """The case's filters as conditions on standings."""
    columns = {"risk": "risk_level", "branch": "client__branch__code", "manager": "client__manager__staff_no"}
    return {columns.get(name, name): value for name, value in case.filters.items()}


class Reader:
    """Somebody signed in who sees every client, on the database for `clients` clients."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self.go()
        self.user = User.objects.get(staff_no="8101")
        self.browser = Browser(SERVER_NAME="localhost")
        self.browser.force_login(self.user)

    def go(self) -> None:
        """Let Django talk to this reader's database."""
        use(self.clients)

    def addresses(self, case: Case) -> tuple[str, str]:
        """The addresses of the floor and of our list for one case."""
        floor: list[tuple[str, str]] = list(case.filters.items())
        ours = list(case.filters.items())
        if case.deep:
            row = self._deep_row(case)
            floor += [("after", part) for part in key_of(row, SORTS[0])]
            ours.append((CURSOR, self._cursor(case, row)))
        return f"{reverse('floor-list')}?{urlencode(floor)}", f"{reverse('clients:list')}?{urlencode(ours)}"

    def _deep_row(self, case: Case) -> Standing:
        rows = Standing.objects.filter(status__in=["active", "suspended"], **conditions(case))
        return rows.order_by(*(f"-{name}" for name in SORTS[0].fields))[int(rows.count() * DEEP_SHARE)]

    def _cursor(self, case: Case, row: Standing) -> str:
        params = QueryDict(urlencode(case.filters))
        state = read_state(client_list(self.user, params, timezone.localdate()), params, reverse("clients:list"))
        return Cursor(state.context, backwards=False, key=key_of(row, state.order.sort)).sign()

    def get(self, address: str) -> Any:
        answer = self.browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer

    def measure(self, case: Case) -> tuple[float, float]:
        """Median seconds of the floor and of ours."""
        floor, ours = self.addresses(case)
        first, second = medians(lambda: self.get(floor), lambda: self.get(ours), times=TIMES)
        return first, second

    def queries(self, case: Case) -> int:
        """How many queries our page makes."""
        address = self.addresses(case)[1]
        self.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.get(address)
        return len(captured)

    def once(self, case: Case) -> float:
        address = self.addresses(case)[1]
        self.get(address)
        return min(timed(lambda: self.get(address)) for _ in range(2))


def singles() -> list[Case]:
    """No filter and every filter alone, first and deep pages."""
    alone = [{}, *({name: value} for name, values in FILTERS.items() for value in values)]
    return [Case(filters, deep) for filters in alone for deep in (False, True)]


def worst_pairs(reader: Reader) -> list[Case]:
    """The ten pairs of filters whose first page takes longest, first and deep pages."""
    pairs = [
        {one: a, other: b}
        for one, other in itertools.combinations(FILTERS, 2)
        for a in FILTERS[one]
        for b in FILTERS[other]
    ]
    slowest = sorted((Case(pair) for pair in pairs), key=reader.once, reverse=True)[:WORST]
    return [Case(case.filters, deep) for case in slowest for deep in (False, True)]


@contextmanager
def large_afterwards() -> Iterator[None]:
    """Leave Django on the large database, whatever was measured on."""
    try:
        yield
    finally:
        use(CLIENTS)


def bench_client_list() -> list[Figure]:
    """Row 4 of the figures wanted: against the floor, number of queries, and a firm two hundred times as large."""
    with large_afterwards():
        reader, few = Reader(CLIENTS), Reader(FEW_CLIENTS)
        reader.go()
        alone = [case for case in singles() if _matches(case)]
        pairs = [case for case in worst_pairs(reader) if not case.deep or _matches(case)]
        times = {str(case): reader.measure(case) for case in (*alone, *pairs)}
        most = max(reader.queries(case) for case in (*alone[:2], *pairs))
        small, large = sizes(few, reader, alone)
    size = f"{CLIENTS:,} clients"
    return [
        _worst(f"client list, {size}, no filter", alone[:2], times),
        _worst(f"client list, {size}, one filter, worst", alone[2:], times),
        _worst(f"client list, {size}, ten worst pairs of filters, worst", pairs, times),
        within("client list, most queries a page (queries)", ours=most, at_most=MOST_QUERIES, unit=""),
        against_floor(f"client list, {size} against {FEW_CLIENTS:,}", floor=small, ours=large, at_most=1.2),
    ]


def sizes(few: Reader, many: Reader, cases: list[Case]) -> tuple[float, float]:
    """Median seconds of our page in the small and in the large firm, one case after the other in both."""
    found: dict[Reader, list[float]] = {few: [], many: []}
    for case in cases:
        for reader in (few, many):
            reader.go()
            if _matches(case):
                found[reader].append(reader.measure(case)[1])
            elif reader is few:
                break
    return statistics.median(found[few]), statistics.median(found[many])


def _matches(case: Case) -> bool:
    """Whether enough clients match for a full page; a page of five rows says nothing."""
    return Standing.objects.filter(status__in=["active", "suspended"], **conditions(case)).count() > FULL


def _worst(name: str, cases: list[Case], times: dict[str, tuple[float, float]]) -> Figure:
    """The case with the greatest ratio stands for its kind and is named."""
    case = max(map(str, cases), key=lambda key: times[key][1] / times[key][0])
    floor, ours = times[case]
    return against_floor(f"{name}: {case}", floor=floor, ours=ours, at_most=2.5)
