"""The floor of the client's page: a page of the product that shows one row, for who is signed in.

It stands in the frame that every page has (navigation, what waits, the bell); what is measured is what the client's
page adds to it.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

TEMPLATE = engines["django"].from_string(
    '{% extends "base.html" %}{% block title %}{{ row.0 }}{% endblock %}'
    "{% block content %}<table>{% for value in row %}<tr><td>{{ value }}</td></tr>{% endfor %}</table>{% endblock %}"
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
    return HttpResponse(TEMPLATE.render({"row": row}, request))
