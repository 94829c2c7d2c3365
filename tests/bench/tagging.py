"""What the bench of bulk actions runs in processes of their own: a tag put on some 100,000 clients, and its floor.

Each prints seconds and rows. All of them tag the clients of the same branches.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from clients.desk.choosing import chosen_clients
from clients.lists.bulk import Wanted, request_action
from clients.lists.choices import BulkVerb
from clients.lists.models import ClientTag, Tag
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User
from tests.bench.exporting import branches_of_about

WANTED = 100_000
DOES_IT = "8001"  # of the call centre, which sees everybody and keeps clients' files
CHOSEN = """
    SELECT id, %(tag)s, %(by)s, %(at)s FROM clients_client
    WHERE branch_id = ANY(%(branches)s) AND status IN ('active', 'suspended')"""


def plain() -> None:
    """One INSERT … SELECT into the table that `bench_bulk` lays: keys and references as of tags, without history."""
    values = _values()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(f"INSERT INTO bench_tagged (client_id, tag_id, by_id, at) {CHOSEN}", values)
        _print(time.perf_counter() - began, cursor.rowcount)


def action() -> None:
    """The bulk action, as a worker carries it out: choosing, tagging, history, what came of it."""
    by, tag, query = User.objects.get(staff_no=DOES_IT), _new_tag(), branches_of_about(WANTED)
    clients = chosen_clients(by, query, (), timezone.localdate())
    made = request_action(
        wanted=Wanted(BulkVerb.TAG, tag=tag),
        clients=clients,
        query=query,
        picked=(),
        expected=clients.count(),
        by=by,
        key=str(uuid.uuid4()),
    )
    assert made.job is not None
    began = time.perf_counter()
    jobs.run(made.job.pk)
    seconds = time.perf_counter() - began
    made.refresh_from_db()
    if made.ended_at is None:
        made.job.refresh_from_db()
        raise RuntimeError(made.job.error)
    _print(seconds, ClientTag.objects.filter(tag=tag).count())


def _values() -> dict[str, Any]:
    codes = QueryDict(branches_of_about(WANTED)).getlist("branch")
    return {
        "tag": _new_tag().pk,
        "by": User.objects.get(staff_no=DOES_IT).pk,
        "at": timezone.now(),
        "branches": list(Unit.objects.filter(code__in=codes).values_list("pk", flat=True)),
    }


def _new_tag() -> Tag:
    return Tag.objects.create(name=str(uuid.uuid4())[:30])


def _print(seconds: float, rows: int) -> None:
    print(json.dumps({"seconds": seconds, "rows": rows}))
