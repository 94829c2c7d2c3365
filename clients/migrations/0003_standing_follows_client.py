"""Every client has a standing, and its keys equal the client's: statement triggers, so that bulk work stays fast.

Also: a policy that has been used, or decided, never changes its rules.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION clients_standing_for_new_clients() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_standing (
        client_id, client_no, branch_id, manager_id, status, opened_on, risk_level, tier, style, "group", matches,
        average_assets, trades_per_month, turnover_ratio, commission_12m, total_assets, active_months)
    SELECT id, client_no, branch_id, manager_id, status, opened_on, '', 'none', 'investor', 'general', '{}',
           0, 0, 0, 0, 0, 0
    FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER standing_for_new_clients AFTER INSERT ON clients_client
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION clients_standing_for_new_clients();

CREATE FUNCTION clients_standing_follows_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clients_standing AS s
    SET client_no = n.client_no, branch_id = n.branch_id, manager_id = n.manager_id,
        status = n.status, opened_on = n.opened_on
    FROM fresh AS n
    WHERE s.client_id = n.id
      AND (s.client_no, s.branch_id, s.manager_id, s.status, s.opened_on)
          IS DISTINCT FROM (n.client_no, n.branch_id, n.manager_id, n.status, n.opened_on);
    RETURN NULL;
END $$;
CREATE TRIGGER standing_follows_client AFTER UPDATE ON clients_client
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION clients_standing_follows_client();

CREATE FUNCTION clients_standing_follows_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clients_standing AS s
    SET risk_level = newest.level, risk_until = newest.valid_until
    FROM (SELECT DISTINCT ON (a.client_id) a.client_id, a.level, a.valid_until
          FROM clients_riskassessment AS a
          WHERE a.client_id IN (SELECT client_id FROM fresh)
          ORDER BY a.client_id, a.assessed_on DESC) AS newest
    WHERE s.client_id = newest.client_id
      AND (s.risk_level, s.risk_until) IS DISTINCT FROM (newest.level, newest.valid_until);
    RETURN NULL;
END $$;
CREATE TRIGGER standing_follows_new_assessment AFTER INSERT ON clients_riskassessment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION clients_standing_follows_assessment();
CREATE TRIGGER standing_follows_assessment AFTER UPDATE ON clients_riskassessment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION clients_standing_follows_assessment();

CREATE FUNCTION clients_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a segmentation policy is never deleted';
    END IF;
    IF OLD.state <> 'proposed' OR EXISTS (SELECT FROM clients_run WHERE policy_id = OLD.id) THEN
        RAISE EXCEPTION 'segmentation policy % was decided or used and never changes', OLD.version;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_stays BEFORE UPDATE OR DELETE ON clients_policy
    FOR EACH ROW EXECUTE FUNCTION clients_policy_stays();
"""

BACK = """
DROP TRIGGER policy_stays ON clients_policy;
DROP FUNCTION clients_policy_stays();
DROP TRIGGER standing_follows_assessment ON clients_riskassessment;
DROP TRIGGER standing_follows_new_assessment ON clients_riskassessment;
DROP FUNCTION clients_standing_follows_assessment();
DROP TRIGGER standing_follows_client ON clients_client;
DROP FUNCTION clients_standing_follows_client();
DROP TRIGGER standing_for_new_clients ON clients_client;
DROP FUNCTION clients_standing_for_new_clients();
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_ledger_partitions")]

    operations = [migrations.RunSQL(TRIGGERS, BACK)]
