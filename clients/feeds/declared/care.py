"""What the clients feed has to do with changes made here: of managers (docs/decisions/0004) and of corrected fields.

While a change of manager waits for the core system, a file that still brings the old manager is late and changes
nothing: the temporary table `waiting` holds the lines of such clients, and is empty where nothing waits.
"""

# ruff: noqa: S608 (the SQL is made of constants)

from __future__ import annotations

from dataclasses import dataclass

from clients.care import core_system
from clients.care.locks import keep_hand_overs_out
from clients.corrections.taking_over import take_over
from clients.feeds.declared.common import KNOWN_STAFF
from clients.feeds.kinds import Known
from clients.feeds.load import Load

JOIN = "LEFT JOIN waiting ON waiting.line = staged.line"
CHANGED = "SELECT was_id FROM sifted WHERE fate = 'changed'"
# A client whose lines contradict one another gets no word here: the engine refuses those lines.
FILL = f"""
    INSERT INTO waiting
    SELECT line, assignment_id, late, manager_id, confirms
    FROM (
        SELECT staged.line, pending.assignment_id, client.manager_id,
               said.id IS NOT DISTINCT FROM pending.new_manager_id AS confirms,
               said.id IS DISTINCT FROM pending.new_manager_id
                   AND array_position(pending.late_ids, said.id) IS NOT NULL AS late,
               min(staged.manager_no) OVER client_lines = max(staged.manager_no) OVER client_lines AS of_one_mind
        FROM ({core_system.PENDING}) AS pending
        JOIN clients_client AS client ON client.id = pending.client_id
        JOIN staged ON staged.client_no = client.client_no
        LEFT JOIN crm_user AS said ON said.staff_no = staged.manager_no
        WINDOW client_lines AS (PARTITION BY client.id)
    ) AS lines
    WHERE of_one_mind"""
ANSWERS = """
    SELECT DISTINCT waiting.assignment_id, waiting.confirms
    FROM waiting LEFT JOIN sifted ON sifted.line = waiting.line
    WHERE NOT waiting.late AND sifted.fate IS DISTINCT FROM 'bad'"""


@dataclass(frozen=True)
class Manager(Known):
    """A customer manager; of a line that is late the one whom the client has here."""

    def value(self, cell: str, alias: str) -> str:
        return f"CASE WHEN waiting.late THEN waiting.manager_id ELSE {alias}.id END"

    def optional(self, cell: str, alias: str, empty: str) -> str:
        return self.value(cell, alias)  # an empty cell names nobody: no join finds one


MANAGER = Manager(KNOWN_STAFF.table, KNOWN_STAFF.column, KNOWN_STAFF.unknown)


def find_late_lines(load: Load) -> None:
    """Make `waiting`. Hand-overs are kept out from here on: what is compared now is written later."""
    keep_hand_overs_out()
    load.run("DROP TABLE IF EXISTS pg_temp.waiting")
    load.run(
        """CREATE TEMP TABLE waiting (line bigint, assignment_id bigint, late boolean, manager_id bigint,
                                      confirms boolean) ON COMMIT DROP"""
    )
    if "manager_no" in load.present and core_system.any_pending():
        load.run(FILL)
        load.run("ANALYZE waiting")


def settle_managers(load: Load) -> None:
    """Lines with the new manager confirm a change made here, lines with another one supersede it."""
    if load.one("SELECT EXISTS (SELECT FROM waiting)")[0]:
        core_system.settle(answers=ANSWERS, at=load.at)


def close_corrections(load: Load) -> None:
    """Corrections whose value this file brought are taken over."""
    take_over(changed=CHANGED, at=load.at)
