"""The floor of the client's page: one row by its number and a plain template, for who is signed in."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

TEMPLATE = Engine().from_string(
    "<!doctype html><title>{{ row.0 }}</title><table>"
    "{% for value in row %}<tr><td>{{ value }}</td></tr>{% endfor %}</table>"
)
QUERY = """
    SELECT c.client_no, left(c.name, 1) || '**', s.tier, s.style, s."group", s.average_assets, s.risk_level,
           s.risk_until, b.name, m.name, c.opened_on, c.status
    FROM clients_client AS c
    JOIN clients_standing AS s ON s.client_id = c.id
    JOIN crm_unit AS b ON b.id = c.branch_id
    LEFT JOIN crm_user AS m ON m.id = c.manager_id
    WHERE c.client_no = %s
"""


def floor_client(request: HttpRequest, client_no: str) -> HttpResponse:
    """The client with this number."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [client_no])
        row = cursor.fetchone()
    return HttpResponse(TEMPLATE.render(Context({"row": row})))
