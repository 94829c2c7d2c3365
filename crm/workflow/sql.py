"""The trigger that holds a table with a column `state` to its workflow."""

# A statement trigger: one look for all rows of a statement. It fires after the statement, so a row of the log that is
# written by the same statement (a WITH clause) counts.
FUNCTION = """
CREATE FUNCTION crm_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT o.id, o.state AS old_state, n.state AS new_state INTO bad
    FROM old_rows AS o
    JOIN new_rows AS n USING (id)
    WHERE o.state IS DISTINCT FROM n.state
      AND (SELECT true FROM crm_transition AS t  -- by the object's index, whatever the planner thinks of the table
           WHERE t.workflow = TG_ARGV[0] AND t.object_id = n.id
             AND t.old_state = o.state AND t.new_state = n.state
             AND t.in_transaction = pg_current_xact_id()::text::bigint
             AND (SELECT true FROM crm_edge AS e WHERE e.workflow = t.workflow AND e.old_state = t.old_state
                  AND e.new_state = t.new_state AND e.verb = t.verb)
           ORDER BY t.id DESC LIMIT 1) IS NOT TRUE
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% %: no step leads from % to % in this transaction',
            TG_ARGV[0], bad.id, bad.old_state, bad.new_state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$
"""
DROP_FUNCTION = "DROP FUNCTION crm_check_transition()"


def trigger(table: str, workflow: str) -> tuple[str, str]:
    """Statements that make and drop the trigger of `table`."""
    name = f"{table}_steps"
    make = (
        f"CREATE TRIGGER {name} AFTER UPDATE ON {table} "
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION crm_check_transition('{workflow}')"
    )
    return make, f"DROP TRIGGER {name} ON {table}"
