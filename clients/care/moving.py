"""The one place where a client's manager changes outside the feeds: what the temporary table `care_moved` says.

Columns of `care_moved`: client_id, branch_id, old_manager_id, new_manager_id. It lasts as long as the transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.care.models import Handover
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User

HANDED_OVER = "clients.handed_over"


@dataclass(frozen=True)
class Moved:
    """How many clients were moved; how many had no successor, or him already."""

    clients: int
    without_successor: int = 0
    unchanged: int = 0


def choose(sql: str, params: Sequence[Any], *, to_nobody: bool = False) -> Moved:
    """Make `care_moved` of a query over client_id, branch_id, old_manager_id, new_manager_id and perhaps more.

    Clients without a new manager stay as they are, unless `to_nobody`: then that is what they get.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.care_moved")
        cursor.execute(f"CREATE TEMP TABLE care_moved ON COMMIT DROP AS {sql}", list(params))
        cursor.execute(
            """SELECT count(*) FILTER (WHERE new_manager_id IS NULL AND NOT %(to_nobody)s),
                      count(*) FILTER (WHERE new_manager_id = old_manager_id) FROM care_moved""",
            {"to_nobody": to_nobody},
        )
        without, unchanged = cursor.fetchone()
        cursor.execute(
            """DELETE FROM care_moved WHERE new_manager_id IS NULL AND NOT %(to_nobody)s
                                         OR new_manager_id IS NOT DISTINCT FROM old_manager_id""",
            {"to_nobody": to_nobody},
        )
        cursor.execute("ANALYZE care_moved")
        cursor.execute("SELECT count(*) FROM care_moved")
        (clients,) = cursor.fetchone()
    return Moved(clients, without, unchanged)


def move(handover: Handover, *, at: dt.datetime) -> None:
    """Write the new managers, and that the core system does not have them yet. The context says who and why."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE clients_client AS client SET manager_id = moved.new_manager_id
               FROM care_moved AS moved WHERE moved.client_id = client.id"""
        )
        cursor.execute(
            """UPDATE clients_managerassignment AS earlier SET state = 'superseded', settled_at = %s
               FROM care_moved AS moved WHERE moved.client_id = earlier.client_id AND earlier.state = 'pending'""",
            [at],
        )
        cursor.execute(
            """INSERT INTO clients_managerassignment
                   (client_id, old_manager_id, new_manager_id, handover_id, at, state)
               SELECT client_id, old_manager_id, new_manager_id, %s, %s, 'pending'
               FROM care_moved ORDER BY client_id""",
            [handover.pk, at],
        )


def announce(handover: Handover, *, at: dt.datetime) -> None:
    """Tell whoever got clients, and publish the event for whatever else hangs on who looks after a client."""
    _tell(handover, at)
    publish(
        HANDED_OVER,
        {
            "handover": handover.pk,
            "from": handover.from_manager_id,
            "clients": handover.clients,
            "follow_ups": handover.follow_ups,
        },
        at=at,
    )


def _tell(handover: Handover, at: dt.datetime) -> None:
    """A notice for each new manager with how many clients are his now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT new_manager_id, count(*) FROM care_moved GROUP BY new_manager_id")
        received = dict(cursor.fetchall())
    giver = handover.from_manager.name if handover.from_manager else ""
    for person in User.objects.filter(pk__in=[pk for pk in received if pk is not None]):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            text = _in_words(received[person.pk], giver)
        url = f"{reverse('clients:list')}?{urlencode({'manager': person.staff_no})}"
        tell(users=[person], key=f"handover-{handover.pk}", text=text, url=url, at=at)


def _in_words(number: int, giver: str) -> str:
    words = ngettext("%(n)s client is now yours", "%(n)s clients are now yours", number) % {"n": f"{number:,}"}
    if giver:
        return _("%(words)s, taken over from %(name)s.") % {"words": words, "name": giver}
    return _("%(words)s.") % {"words": words}
