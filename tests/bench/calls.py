"""Open calls in a bench's database: one for each client, laid once by SQL and put back after a bench that claims.

Pools, urgency, recusal and hours of their own are mixed as in a firm: a tenth of the calls belong to the call centre,
one in fifty names a colleague who may not call, one in a hundred clients has hours of his own.
"""

from __future__ import annotations

from tests.bench.database import as_owner, name_of, owner

CLERKS = 1_600  # people of one pool each who do nothing but call
FIRST = 90_000_000  # begins their keys, far from everybody else's

COUNT = "SELECT count(*) FROM callbacks_call"
STAFF = """
INSERT INTO crm_user (id, staff_no, name, phone, email, language, licence_no, is_active, must_change_password, is_demo,
                      password, created_at)
SELECT %(first)s + n, 'BENCH' || n, '回访专员' || n, '', '', '', '', true, false, true, '!', now()
FROM generate_series(0, %(clerks)s - 1) AS n
ON CONFLICT (id) DO NOTHING
"""
APPOINTMENTS = """
WITH unit AS (
    SELECT id, kind, row_number() OVER (ORDER BY kind <> 'branch', id) - 1 AS place, count(*) OVER () AS units
    FROM crm_unit WHERE kind = 'branch' OR id = %(centre)s
)
INSERT INTO crm_appointment (user_id, unit_id, role, starts_on)
SELECT %(first)s + n, unit.id, CASE kind WHEN 'branch' THEN 'callback_clerk' ELSE 'call_centre_agent' END, '2020-01-01'
FROM generate_series(0, %(clerks)s - 1) AS n JOIN unit ON unit.place = n %% unit.units
WHERE NOT EXISTS (SELECT FROM crm_appointment WHERE user_id = %(first)s + n)
"""
CALLS = """
INSERT INTO callbacks_call (
    client_id, branch_id, unit_id, kind, rank, due_at, regulated, state, ready, own_hours, closes_at, recused,
    passed_by, script_versions, made_at, form, hold, contact_name, contact_key, contact_masked, note, identity, finding,
    finding_note, tries, skips, reached, complete, to_review, live, revision)
SELECT c.id, c.branch_id, CASE WHEN c.id %% 10 = 0 THEN %(centre)s ELSE c.branch_id END,
       (ARRAY['movement', 'permission', 'new_client', 'at_risk', 'core', 'risk_expiry', 'dormant', 'coverage'])
           [c.id %% 8 + 1],
       (c.id %% 8 + 1) * 10, %(at)s::timestamptz + (c.id * 7919 %% 43200) * interval '1 minute', c.id %% 5 > 0,
       'waiting', true, c.id %% 100 = 0, CASE WHEN c.id %% 100 = 0 THEN %(at)s::timestamptz + interval '9 hours' END,
       CASE WHEN c.id %% 50 = 0 THEN ARRAY[%(first)s + c.id %% %(clerks)s] ELSE '{}' END, '{}',
       '{}', %(at)s, 'phone', '', '', '', '', '', '', '', '', 0, 0, false, false, '', false, 0
FROM clients_client AS c
ORDER BY c.id
"""
REASONS = """
INSERT INTO callbacks_callreason (
    call_id, client_id, contact_key, branch_id, kind, subject, script_id, facts, rank, due_at, regulated, lapses,
    recused, state, made_at)
SELECT id, client_id, '', branch_id, kind, 'bench', %(script)s, '{}', rank, due_at, regulated, false, '{}', 'open',
       made_at
FROM callbacks_call
ORDER BY id
"""
SCRIPT = """
INSERT INTO callbacks_script (code, name, kinds, regulated, is_active) VALUES ('bench', '话术', '{}', true, true)
ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id
"""
CENTRE = """
SELECT unit_id FROM crm_appointment WHERE role = 'call_centre_agent' AND user_id < 90000000
GROUP BY unit_id ORDER BY count(*) DESC LIMIT 1
"""
AT = "2026-11-20 02:00+00"  # the bench's Friday, 10:00 in Shanghai


def lay_calls(clients: int) -> None:
    """See to it that the database for `clients` clients has one open call for each of them, and people who call."""
    database = name_of(clients)
    with owner(database) as cursor:
        cursor.execute(COUNT)
        if cursor.fetchone()[0] == clients:  # type: ignore[index]
            return
        cursor.execute(CENTRE)
        centre = cursor.fetchone()[0]  # type: ignore[index]
        cursor.execute(SCRIPT)
        script = cursor.fetchone()[0]  # type: ignore[index]
        values = {"first": FIRST, "clerks": CLERKS, "centre": centre, "at": AT, "script": script}
        cursor.execute("TRUNCATE callbacks_call CASCADE")
        for statement in (STAFF, APPOINTMENTS, CALLS, REASONS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE) callbacks_call, callbacks_callreason")


def put_back(clients: int) -> None:
    """After a bench that claimed: every call waits again, and the steps and reads of the bench's people are gone."""
    with owner(name_of(clients)) as cursor:
        cursor.execute("ALTER TABLE callbacks_call DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE callbacks_call SET state = 'waiting', ready = true, claimed_by_id = NULL, claimed_at = NULL,
                      lease_until = NULL, script_versions = '{}' WHERE claimed_by_id IS NOT NULL"""
        )
        cursor.execute("ALTER TABLE callbacks_call ENABLE TRIGGER USER")
        cursor.execute("DELETE FROM crm_transition WHERE by_id >= %s", [FIRST])
        cursor.execute("DELETE FROM crm_readlog WHERE by_id >= %s", [FIRST])
    as_owner("VACUUM (ANALYZE) callbacks_call, crm_transition, crm_readlog", database=name_of(clients))
