"""`next` inside the database: one round trip, and plans that each session makes once."""

from django.db import migrations

# Give a call to somebody: holder and lease, the versions of its scripts (most urgent reason first, frozen the first
# time), the step in the log, and the read of name and phone that a claim allows. The caller holds the row's lock.
CLAIM = """
CREATE FUNCTION callbacks_claim(a_call bigint, me bigint, a_verb text, a_reason text, some_details jsonb,
                                an_instant timestamptz, lease timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was text;
    whose bigint;
BEGIN
    SELECT state, client_id INTO STRICT was, whose FROM callbacks_call WHERE id = a_call FOR UPDATE;
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    VALUES ('callbacks.call', a_call, a_verb, was, 'claimed', me, an_instant, a_reason, some_details);
    UPDATE callbacks_call AS c
    SET state = 'claimed', ready = false, closes_at = NULL, claimed_by_id = me, claimed_at = an_instant,
        lease_until = lease,
        script_versions = CASE WHEN c.script_versions <> '{}' THEN c.script_versions ELSE coalesce((
            SELECT array_agg(asked.id ORDER BY asked.rank, asked.id) FROM (
                SELECT v.id, min(r.rank) AS rank
                FROM callbacks_callreason AS r
                JOIN callbacks_scriptversion AS v ON v.script_id = r.script_id AND v.state = 'published'
                WHERE r.call_id = a_call AND r.state = 'open'
                GROUP BY v.id
            ) AS asked), '{}') END
    WHERE c.id = a_call;
    INSERT INTO crm_readlog (at, by_id, kind, subject, subject_no, fields, reason, rows, url, ip)
    SELECT an_instant, me, 'claimed', 'client', client_no, 'name,phone', 'callbacks.call ' || a_call, 1, '', NULL
    FROM clients_client WHERE id = whose;
END
$$
"""

# The call that `me` gets now. One person at a time, however many windows he presses in; then what he holds already;
# else the best of what is assigned to him or to whom he stands in for (`people`) and of his `pools`, by urgency, due
# time and age. Each probe reads one entry or a few of an index and locks the row it takes; rows that others look at
# are passed by. `own_hours`: {false, true} in the usual hours, {true} outside them.
# A call whose stored eligibility is out of date is returned unclaimed, with its facts: `eligibility.py` says what to
# do. The conditions are those of `why_not` there; `large` is the amount from which only the firm's own callers call,
# without pools somebody makes courtesy calls to his own clients alone.
NEXT = """
CREATE FUNCTION callbacks_next(
    me bigint, people bigint[], pools bigint[], hours boolean[], large numeric, central boolean,
    an_instant timestamptz, lease timestamptz,
    OUT call_id bigint, OUT is_held boolean, OUT is_claimed boolean, OUT unit bigint, OUT assigned bigint,
    OUT is_regulated boolean, OUT contact_form text, OUT recused_people bigint[], OUT manager bigint,
    OUT introducer bigint, OUT opt_outs text[], OUT assets numeric
) RETURNS record LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
    within boolean;
    one record;
    best bigint;
    best_rank smallint;
    best_due timestamptz;
    is_courtesy boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('callbacks.next'), me::integer);
    SELECT id INTO call_id FROM callbacks_call WHERE claimed_by_id = me ORDER BY claimed_at DESC, id DESC LIMIT 1;
    IF FOUND THEN
        is_held := true;
        is_claimed := true;
        RETURN;
    END IF;
    is_held := false;
    is_claimed := false;
    FOREACH within IN ARRAY hours LOOP
        FOREACH place IN ARRAY people LOOP
            SELECT c.id, c.rank, c.due_at INTO one FROM callbacks_call AS c
            WHERE c.ready AND c.assignee_id = place AND c.own_hours = within
              AND (NOT c.own_hours OR c.closes_at > an_instant)
              AND (cardinality(pools) = 0 OR NOT c.recused && people) AND NOT me = ANY (c.passed_by)
            ORDER BY c.rank, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED;
            IF FOUND AND (best IS NULL OR (one.rank, one.due_at, one.id) < (best_rank, best_due, best)) THEN
                best := one.id;
                best_rank := one.rank;
                best_due := one.due_at;
            END IF;
        END LOOP;
        FOREACH place IN ARRAY pools LOOP
            SELECT c.id, c.rank, c.due_at INTO one FROM callbacks_call AS c
            WHERE c.ready AND c.assignee_id IS NULL AND c.unit_id = place AND c.own_hours = within
              AND (NOT c.own_hours OR c.closes_at > an_instant)
              AND (cardinality(pools) = 0 OR NOT c.recused && people) AND NOT me = ANY (c.passed_by)
            ORDER BY c.rank, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED;
            IF FOUND AND (best IS NULL OR (one.rank, one.due_at, one.id) < (best_rank, best_due, best)) THEN
                best := one.id;
                best_rank := one.rank;
                best_due := one.due_at;
            END IF;
        END LOOP;
    END LOOP;
    IF best IS NULL THEN
        RETURN;
    END IF;
    SELECT c.id, c.unit_id, c.assignee_id, c.regulated, c.form, c.recused, k.manager_id, k.introducer_id,
           coalesce(w.opt_outs, '{}'), coalesce(s.average_assets, 0)
    INTO call_id, unit, assigned, is_regulated, contact_form, recused_people, manager, introducer, opt_outs, assets
    FROM callbacks_call AS c
    LEFT JOIN clients_client AS k ON k.id = c.client_id
    LEFT JOIN clients_clientwishes AS w ON w.client_id = c.client_id
    LEFT JOIN clients_standing AS s ON s.client_id = c.client_id
    WHERE c.id = best;
    is_courtesy := EXISTS (
            SELECT FROM callbacks_call AS c WHERE c.id = best AND c.kind IN ('core', 'dormant', 'at_risk'))
        AND NOT EXISTS (
            SELECT FROM callbacks_callreason AS r
            WHERE r.call_id = best AND r.state = 'open' AND r.kind NOT IN ('core', 'dormant', 'at_risk'));
    IF (contact_form = 'phone' AND 'phone' = ANY (opt_outs))
       OR (assets >= large AND NOT central)
       OR (cardinality(pools) > 0 AND (is_regulated OR NOT is_courtesy)
           AND (manager = ANY (people) OR introducer = ANY (people)))
       OR (cardinality(pools) = 0 AND (NOT is_courtesy OR manager IS NULL OR NOT manager = ANY (people))) THEN
        RETURN;
    END IF;
    PERFORM callbacks_claim(call_id, me, 'claim', '', '{}', an_instant, lease);
    is_claimed := true;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("callbacks", "0002_recordings"),
        ("clients", "0020_wishes_call_hours"),
    ]

    operations = [
        migrations.RunSQL(
            CLAIM, "DROP FUNCTION callbacks_claim(bigint, bigint, text, text, jsonb, timestamptz, timestamptz)"
        ),
        migrations.RunSQL(
            NEXT,
            "DROP FUNCTION callbacks_next(bigint, bigint[], bigint[], boolean[], numeric, boolean, timestamptz, "
            "timestamptz)",
        ),
    ]
