"""The floor of the list of open calls: the same fifty rows by one keyset query and a plain template, signed in."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils import translation

from callbacks.calls.choices import CallState, ReasonKind

PAGE = 50
TEMPLATE = Engine().from_string(
    "<!doctype html><title>{{ title }}</title><table>{% for row in rows %}<tr>"
    '<td><a href="/calls/{{ row.0 }}/">{{ row.1 }}</a></td><td>{{ row.2 }}</td><td>{{ row.3 }}</td><td>{{ row.4 }}</td>'
    "<td>{{ row.5 }}</td><td>{{ row.6 }}</td><td>{{ row.7 }}</td><td>{{ row.8 }}</td><td>{{ row.9 }}</td></tr>"
    "{% endfor %}</table>"
)
QUERY = """
    WITH page AS (
        SELECT id FROM callbacks_call AS c
        WHERE state IN ('waiting', 'claimed') AND {where} ORDER BY rank, due_at, id LIMIT %(page)s
    )
    SELECT c.id, client.client_no, left(client.name, 1) || '**', r.kind, c.due_at, c.state, who.name, c.tries,
           c.last_tried_at, branch.name
    FROM page
    JOIN callbacks_call AS c USING (id)
    JOIN clients_client AS client ON client.id = c.client_id
    LEFT JOIN crm_user AS who ON who.id = c.assignee_id
    LEFT JOIN crm_unit AS branch ON branch.id = c.branch_id
    LEFT JOIN LATERAL (
        SELECT kind, facts FROM callbacks_callreason WHERE call_id = c.id ORDER BY rank, id LIMIT 1
    ) AS r ON true
    ORDER BY c.rank, c.due_at, c.id
"""
# A parameter of the list → the condition that it stands for.
CONDITIONS = {
    "reason": "kind = %(reason)s",
    "unit": "unit_id = (SELECT id FROM crm_unit WHERE code = %(unit)s)",
    "branch": "branch_id = (SELECT id FROM crm_unit WHERE code = %(branch)s)",
    "state": "state = %(state)s",
}
WORDS = [{str(code): label for code, label in choices.choices} for choices in (ReasonKind, CallState)]


def floor_queue(request: HttpRequest) -> HttpResponse:
    """The page after the row whose sort key is in `after` (the first without), with the list's filter parameters."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    values: dict[str, Any] = {name: request.GET[name] for name in CONDITIONS if name in request.GET}
    where = ["true", *(CONDITIONS[name] for name in values)]
    if "after" in request.GET:
        where.append("(rank, due_at, id) > %(after)s")
        values["after"] = tuple(request.GET.getlist("after"))
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(where=" AND ".join(where)), values | {"page": PAGE})
        found = cursor.fetchall()
    with translation.override("zh-hans"):
        kinds, states = WORDS
        rows = [(*row[:3], kinds.get(row[3], ""), row[4], states[row[5]], *row[6:]) for row in found]
        return HttpResponse(TEMPLATE.render(Context({"title": "Calls", "rows": rows})))
