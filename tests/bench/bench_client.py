"""The client's page with fifteen months of data and 500 entries of his timeline, first and older, in two sizes."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.profile.models import Client
from crm.organisation.models import User
from tests.bench.database import AS_OF, CLIENTS, FEW_CLIENTS, as_owner, name_of, use
from tests.bench.figures import Figure, against_floor, medians, within

TIMES = 15
ENTRIES = 500
MOST_QUERIES = 25
OLDER = re.compile(r'href="([^"]*before=[^"]*)"')
MARK = "BENCH-"  # begins the numbers of the records that this bench adds, once, and leaves there
# The client who traded most, so that every part of his page has something to show.
BUSIEST = "SELECT client_id FROM clients_standing WHERE status = 'active' ORDER BY trades DESC, client_id LIMIT 1"
ADD = """
    INSERT INTO clients_servicerecord (record_no, client_id, occurred_at, channel, direction, staff_no, staff_id, topic,
                                       summary, outcome)
    SELECT %(mark)s || n, %(client)s, %(until)s::timestamptz - n * interval '22 hours', 'phone', 'outbound',
           staff_no, id, '例行问候', '介绍近期市场情况，客户无其他需求', '已完成'
    FROM generate_series(1, %(number)s) AS n, (SELECT id, staff_no FROM crm_user ORDER BY id LIMIT 1) AS by
    ON CONFLICT (record_no) DO NOTHING
"""


class Page:
    """The page of a client with a long timeline, on the database for `clients` clients, read by who sees everybody."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        use(clients)
        with connection.cursor() as cursor:
            cursor.execute(BUSIEST)
            pk = cursor.fetchone()[0]
        until = dt.datetime.combine(AS_OF, dt.time(8), tzinfo=dt.UTC)
        as_owner(ADD, {"mark": MARK, "client": pk, "until": until, "number": ENTRIES}, database=name_of(clients))
        self.number = Client.objects.get(pk=pk).client_no
        self.browser = Browser(SERVER_NAME="localhost")
        self.browser.force_login(User.objects.get(staff_no="8101"))
        self.first = reverse("clients:detail", args=[self.number])
        self.older = html.unescape(OLDER.search(self.get(self.first).content.decode())[1])  # type: ignore[index]
        self.floor = reverse("floor-client", args=[self.number])

    def get(self, address: str) -> Any:
        answer = self.browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer

    def measure(self, address: str) -> tuple[float, float]:
        """Median seconds of the floor and of ours."""
        use(self.clients)
        floor, ours = medians(lambda: self.get(self.floor), lambda: self.get(address), times=TIMES)
        return floor, ours

    def queries(self) -> int:
        use(self.clients)
        self.get(self.first)
        with CaptureQueriesContext(connection) as captured:
            self.get(self.first)
        return len(captured)


def bench_client_page() -> list[Figure]:
    """Against a page of one row, the number of queries, and a firm two hundred times as large."""
    try:
        few, many = Page(FEW_CLIENTS), Page(CLIENTS)
        floor, ours = many.measure(many.first)
        floor_older, older = many.measure(many.older)
        small = few.measure(few.first)[1]
        large = many.measure(many.first)[1]
        queries = many.queries()
    finally:
        use(CLIENTS)
    size = f"{CLIENTS:,} clients"
    return [
        against_floor(f"client page, {size}, {ENTRIES} entries", floor=floor, ours=ours, at_most=4),
        against_floor(f"client page, {size}, older entries", floor=floor_older, ours=older, at_most=4),
        within("client page, queries", ours=queries, at_most=MOST_QUERIES, unit=""),
        against_floor(f"client page, {size} against {FEW_CLIENTS:,}", floor=small, ours=large, at_most=1.2),
    ]
