"""What tests of the demo firm read from the database."""

from __future__ import annotations

from typing import Any

from django.db import connection

# Everything of a firm that does not depend on ids, on keys or on the moment at which it was made.
FACTS = {
    "clients": (
        "SELECT c.client_no, c.name, c.name_initials, c.gender, c.birth_date, c.id_number_masked, c.phone_masked, "
        "c.email_masked, c.address_masked, c.contact_person, u.code, c.opened_on, c.status, c.closed_on, m.staff_no, "
        "i.staff_no, c.investor_class FROM clients_client c JOIN crm_unit u ON u.id = c.branch_id "
        "LEFT JOIN crm_user m ON m.id = c.manager_id LEFT JOIN crm_user i ON i.id = c.introducer_id"
    ),
    "wishes": "SELECT c.client_no, w.* FROM clients_clientwishes w JOIN clients_client c ON c.id = w.client_id",
    "assets": "SELECT c.client_no, a.* FROM clients_assetsnapshot a JOIN clients_client c ON c.id = a.client_id",
    "trades": "SELECT c.client_no, t.* FROM clients_trade t JOIN clients_client c ON c.id = t.client_id",
    "flows": "SELECT c.client_no, f.* FROM clients_cashflow f JOIN clients_client c ON c.id = f.client_id",
    "alerts": "SELECT c.client_no, a.* FROM clients_alert a JOIN clients_client c ON c.id = a.client_id",
    "assessments": "SELECT c.client_no, a.* FROM clients_riskassessment a JOIN clients_client c ON c.id = a.client_id",
    "permissions": (
        "SELECT c.client_no, p.* FROM clients_permissionrequest p JOIN clients_client c ON c.id = p.client_id"
    ),
    "contacts": "SELECT c.client_no, r.* FROM clients_servicerecord r LEFT JOIN clients_client c ON c.id = r.client_id",
}
WITHOUT_IDS = "to_jsonb(x) - 'id' - 'client_id' - 'staff_id'"


def silent(_line: str) -> None:
    """Takes the generator's progress."""


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def number(query: str, *values: Any) -> int:
    return int(rows(query, *values)[0][0])


def fingerprints() -> dict[str, tuple[int, str]]:
    """For each kind of fact how many there are and a digest of their contents."""
    found = {}
    for name, query in FACTS.items():
        [(count, digest)] = rows(
            f"SELECT count(*), md5(string_agg(t, '\n' ORDER BY t COLLATE \"C\")) "
            f"FROM (SELECT ({WITHOUT_IDS})::text AS t FROM ({query}) AS x) AS y"
        )
        found[name] = (count, digest)
    return found
