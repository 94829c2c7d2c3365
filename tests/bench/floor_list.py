"""The floor of the client list: the same fifty rows by one keyset query and a plain template, for who is signed in."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils import translation

from clients.desk.listing import SORTS
from clients.segmentation.choices import Group, Style, Tier

PAGE = 50
TEMPLATE = Engine().from_string(
    "<!doctype html><title>{{ title }}</title><table>{% for row in rows %}<tr>"
    '<td><a href="/clients/{{ row.0 }}/">{{ row.0 }}</a></td><td>{{ row.1 }}</td><td>{{ row.2 }}</td>'
    "<td>{{ row.3 }}</td><td>{{ row.4 }}</td><td>{{ row.5 }}</td><td>{{ row.6 }}</td><td>{{ row.7 }}</td>"
    "<td>{{ row.8 }}</td><td>{{ row.9 }}</td><td>{{ row.10 }}</td></tr>{% endfor %}</table>"
)
SORT = SORTS[0]  # the order in which the list comes first
COLUMNS = ["client_id" if name == "pk" else name for name in SORT.fields]
ORDER = ", ".join(f"{{alias}}.{name} DESC" for name in COLUMNS)
QUERY = f"""
    WITH page AS (
        SELECT {", ".join(COLUMNS)} FROM clients_standing AS s
        WHERE {{where}} ORDER BY {ORDER.format(alias="s")} LIMIT %(page)s
    )
    SELECT s.client_no, left(c.name, 1) || '**', s.tier, s.style, s."group", s.average_assets, s.risk_level,
           b.name, m.name, s.opened_on,
           (SELECT occurred_at FROM clients_servicerecord r WHERE r.client_id = s.client_id
            ORDER BY occurred_at DESC LIMIT 1)
    FROM page AS p
    JOIN clients_standing AS s ON s.client_id = p.client_id
    JOIN clients_client AS c ON c.id = p.client_id
    JOIN crm_unit AS b ON b.id = s.branch_id
    LEFT JOIN crm_user AS m ON m.id = s.manager_id
    ORDER BY {ORDER.format(alias="p")}
"""
# A parameter of the list → the condition that it stands for.
CONDITIONS = {
    "tier": "tier = %(tier)s",
    "style": "style = %(style)s",
    "group": '"group" = %(group)s',
    "risk": "risk_level = %(risk)s",
    "branch": "branch_id = (SELECT id FROM crm_unit WHERE code = %(branch)s)",
    "manager": "manager_id = (SELECT id FROM crm_user WHERE staff_no = %(manager)s)",
}
WORDS = [{str(code): label for code, label in choices.choices} for choices in (Tier, Style, Group)]


def floor_list(request: HttpRequest) -> HttpResponse:
    """The page after the row whose sort key is in `after` (the first without), with the list's filter parameters."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    values: dict[str, Any] = {name: request.GET[name] for name in CONDITIONS if name in request.GET}
    where = ["status IN ('active', 'suspended')", *(CONDITIONS[name] for name in values)]
    if "after" in request.GET:
        where.append(f"({', '.join(COLUMNS)}) < %(after)s")
        values["after"] = tuple(request.GET.getlist("after"))
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(where=" AND ".join(where)), values | {"page": PAGE})
        found = cursor.fetchall()
    with translation.override("zh-hans"):
        rows = [
            (*row[:2], *(words[code] for words, code in zip(WORDS, row[2:5], strict=True)), *row[5:]) for row in found
        ]
        return HttpResponse(TEMPLATE.render(Context({"title": "Clients", "rows": rows})))
