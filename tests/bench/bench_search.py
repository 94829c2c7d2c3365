"""The search on top of every page: each kind of words, many different ones, for who sees all, a branch, his own."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.demo import script
from clients.demo.identities import make_identities
from clients.demo.staging import stage
from crm.access.scope import scope_of
from crm.organisation.models import Appointment, User
from crm.personal.pinyin import initials
from tests.bench.database import AS_OF, CLIENTS, use
from tests.bench.figures import Figure, p95, timed, within
from tests.bench.floor_search import KINDS, Known, floor_search

WANTED = 0.050  # seconds
WORDS = 200  # different ones a kind and a reader
WARM = 20
ROLES = {"all": "call_centre_agent", "branch": "counter_clerk", "own": "customer_manager"}


class Searcher:
    """Somebody signed in, on the large database."""

    def __init__(self, user: User) -> None:
        self.browser = Browser(SERVER_NAME="localhost", headers={"HX-Request": "true"})
        self.browser.force_login(user)

    def search(self, words: str) -> Any:
        """What drops down under the box for `words`."""
        answer = self.browser.get(reverse("search"), {"q": words})
        assert answer.status_code == 200, f"{words}: {answer.status_code}"
        return answer


def searchers() -> dict[str, Searcher]:
    """One of each reach; the branch is the largest."""
    held = Appointment.objects.held_on(timezone.localdate()).filter(user__is_active=True)
    found = {}
    for reach, role in ROLES.items():
        users = [one.user for one in held.filter(role=role, user__left_on=None).select_related("user")]
        found[reach] = Searcher(max(users, key=_clients_of))
    return found


def _clients_of(user: User) -> int:
    scope = scope_of(user)
    count: int = script.one(
        "SELECT count(*) FROM clients_client WHERE branch_id = ANY(%s) OR manager_id = ANY(%s)",
        [sorted(scope.branch_ids), sorted(scope.manager_ids)],
    )
    return count


def some_clients(number: int) -> list[Known]:
    """Clients from all over the firm, in clear: the large firm keeps no seals, but the same numbers make them again."""
    stage()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_temp.client_n(client_no), opened_on FROM clients_client WHERE kind = 'individual'"
            " AND id %% (SELECT greatest(max(id) / %s, 1) FROM clients_client) = 0",
            [2 * number],
        )
        openings = cursor.fetchall()
    script.fill("demo_opening", "n bigint PRIMARY KEY, opened_on date NOT NULL", openings)
    make_identities(start=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_no, name, phone, id_number FROM demo_identity ORDER BY n")
        rows = cursor.fetchall()
    names = ("client_no", "name", "phone", "id_number")
    return [dict(zip(names, row, strict=True)) | {"initials": initials(row[1])[0]} for row in rows]


def bench_search() -> list[Figure]:
    """The p95 of the server's time for each kind of words, of the slowest reader, beside that of the SQL alone."""
    use(CLIENTS)
    if not script.one("SELECT EXISTS (SELECT FROM clients_client WHERE phone_digest IS NOT NULL)"):
        raise RuntimeError("The large firm was made before its phones had digests: drop its database and make it anew.")
    known, people = some_clients(WORDS), searchers()
    figures = []
    for kind, (typed, _condition, _value) in KINDS.items():
        words = sorted({typed(one) for one in known})
        random.Random(kind).shuffle(words)  # no two neighbours of an index in a row
        words = words[:WORDS]
        floor = p95(_times(partial(floor_search, kind), words))
        times = {reach: p95(_times(who.search, words)) for reach, who in people.items()}
        slowest = max(times, key=lambda reach: times[reach])
        name = f"search, {CLIENTS:,} clients, {kind}, p95 of {len(words)}: sees {slowest}"
        figures.append(within(name, ours=times[slowest], at_most=WANTED, floor=floor))
    return figures


def _times(search: Callable[[str], object], words: Sequence[str]) -> list[float]:
    """Seconds of each of `words`, after a few for warmth."""
    return [timed(partial(search, text)) for text in [*words[:WARM], *words]][WARM:]
