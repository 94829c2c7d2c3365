"""The calls of one action of a supervisor, written down once and locked, so that they are the same to its end.

The temporary table `calls_chosen` lasts as long as the transaction: every call that was chosen, with what decides about
it now. Whoever asks for the next call meanwhile passes locked rows by.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from callbacks.calls.choices import COURTESY_KINDS
from callbacks.calls.models import Call
from clients.care.sharing import compiled
from crm.organisation.models import User

# Whether every open reason is one for a courtesy call, as `eligibility.is_courtesy`.
_KINDS = ", ".join(f"'{kind}'" for kind in COURTESY_KINDS)
COURTESY = f"""(c.kind IN ({_KINDS}) AND NOT EXISTS (
           SELECT FROM callbacks_callreason AS r
           WHERE r.call_id = c.id AND r.state = 'open' AND r.kind NOT IN ({_KINDS})))"""
FREEZE = """
CREATE TEMP TABLE calls_chosen ON COMMIT DROP AS
SELECT c.id, c.state, c.live, c.hold, c.form, c.kind, c.rank, c.due_at, c.unit_id, c.assignee_id, c.claimed_by_id,
       c.regulated, c.recused, c.client_id, {courtesy} AS courtesy, client.manager_id, client.introducer_id,
       coalesce(wishes.opt_outs, '{{}}') AS opt_outs, coalesce(standing.average_assets, 0) AS assets,
       coalesce(client.phone_masked, c.contact_masked) AS phone
FROM callbacks_call AS c
LEFT JOIN clients_client AS client ON client.id = c.client_id
LEFT JOIN clients_clientwishes AS wishes ON wishes.client_id = c.client_id
LEFT JOIN clients_standing AS standing ON standing.client_id = c.client_id
WHERE c.id IN ({chosen})
ORDER BY c.id {lock}
"""


def freeze(calls: QuerySet[Call], by: User, *, lock: bool = True) -> int:
    """Write down those of `calls` that `by` sees, and lock them. Returns how many. Belongs into a transaction."""
    sql, params = compiled((Call.objects.visible_to(by) & calls).values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.calls_chosen")
        frozen = FREEZE.format(chosen=sql, courtesy=COURTESY, lock="FOR UPDATE OF c" if lock else "")
        cursor.execute(frozen, params)
        cursor.execute("ANALYZE calls_chosen")
        cursor.execute("SELECT count(*) FROM calls_chosen")
        return int(cursor.fetchone()[0])
