"""The clients of one action, written down once, so that they are the same from the first statement to the last.

The temporary table `lists_chosen` (client_id, status) lasts as long as the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from clients.care.sharing import compiled
from clients.profile.choices import ClientStatus
from clients.profile.models import Client
from crm.organisation.models import User


@dataclass(frozen=True)
class Frozen:
    """How many clients were chosen, and how many of them are closed."""

    matched: int
    closed: int


def freeze(clients: QuerySet[Client], by: User) -> Frozen:
    """Write down those of `clients` that `by` sees. Belongs into the transaction of the action."""
    sql, params = compiled((Client.objects.visible_to(by) & clients).values_list("pk", "status"))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.lists_chosen")
        cursor.execute(
            f"""CREATE TEMP TABLE lists_chosen ON COMMIT DROP AS
                SELECT DISTINCT client_id, status FROM ({sql}) AS chosen (client_id, status)""",  # noqa: S608 (compiled by Django)
            params,
        )
        cursor.execute("ANALYZE lists_chosen")
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE status = %s) FROM lists_chosen", [ClientStatus.CLOSED])
        matched, closed = cursor.fetchone()
    return Frozen(matched, closed)


def frozen_clients() -> QuerySet[Client]:
    """The clients that were written down last in this transaction."""
    return Client.objects.filter(pk__in=RawSQL("SELECT client_id FROM lists_chosen", ()))
