"""Two more indexes of the standings: exact counts without the table, and pairs of tier and group in order of assets.

Their columns change with few clients a night, so they cost the nightly run nothing (docs/decisions/0001). Both have to
go and come back with the others when most of the table is written anew: the function that does it learns their names.
"""

from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION clients_standing_indexes(wanted boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '2s' AS $$
-- Make the indexes of clients_standing, or drop them, inside the caller's transaction: rewriting most of the table is
-- several times faster without. Returns false, and changes nothing, when the table cannot be had alone in time.
DECLARE
    item record;
BEGIN
    BEGIN
        LOCK TABLE public.clients_standing IN ACCESS EXCLUSIVE MODE;
    EXCEPTION WHEN lock_not_available THEN
        RETURN false;
    END;
    FOR item IN
        SELECT * FROM (VALUES
            ('clients_standing_no', '(client_no)'),
            ('clients_standing_opened', '(opened_on, client_id)'),
            ('clients_standing_band', '(asset_band)'),
            ('clients_standing_branch', '(branch_id, asset_band)'),
            ('clients_standing_manager', '(manager_id, asset_band)'),
            ('clients_standing_group', '("group", asset_band)'),
            ('clients_standing_group_opened', '("group", opened_on)'),
            ('clients_standing_tier', '(tier, asset_band)'),
            ('clients_standing_risk', '(risk_level, asset_band)'),
            ('clients_standing_traders', '(asset_band) WHERE style = ''trader''')
            %s
        ) AS known (name, definition)
    LOOP
        IF wanted THEN
            EXECUTE format('CREATE INDEX %%I ON public.clients_standing %%s', item.name, item.definition);
        ELSE
            EXECUTE format('DROP INDEX public.%%I', item.name);
        END IF;
    END LOOP;
    RETURN true;
END $$;
"""
CELLS = '("group", tier, style, risk_level, status, branch_id) INCLUDE (risk_until)'
TIER_GROUP = '(tier, "group", asset_band)'
MORE = f""",
            ('clients_standing_cells', '{CELLS}'),
            ('clients_standing_tier_group', '{TIER_GROUP}')"""
MAKE = f"""
CREATE INDEX clients_standing_cells ON clients_standing {CELLS};
CREATE INDEX clients_standing_tier_group ON clients_standing {TIER_GROUP};
"""
DROP = "DROP INDEX clients_standing_cells, clients_standing_tier_group"


class Migration(migrations.Migration):
    dependencies = [("clients", "0009_segmentation_decisions")]

    operations = [
        migrations.RunSQL(FUNCTION % MORE, FUNCTION % ""),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAKE, DROP)],
            state_operations=[
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(
                        fields=["group", "tier", "style", "risk_level", "status", "branch"],
                        include=["risk_until"],
                        name="clients_standing_cells",
                    ),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["tier", "group", "asset_band"], name="clients_standing_tier_group"),
                ),
            ],
        ),
    ]
