"""How lists of a million standings are served, and stay cheap to update: docs/decisions/0001-standing-table.md."""

from django.db import migrations, models

BAND = """
CREATE FUNCTION clients_asset_band(average numeric, client bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A coarse rank by average assets that grows with them: steps of 2.5 %, so that on most nights a client stays in
    -- his step and the row is updated without touching an index. The many without assets are told apart by their key
    -- (steps of 1,000 clients), as lists order them. Below them the overdrawn.
    SELECT CASE
        WHEN average > 0 THEN 1000000 + floor(40 * ln(average::float8))::bigint
        WHEN average = 0 THEN client / 1000 - 1000000000000
        ELSE -2000000000000 - floor(40 * ln((-average)::float8))::bigint
    END
$$;
"""

INDEXES = """
CREATE FUNCTION clients_standing_indexes(wanted boolean) RETURNS boolean
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
        ) AS known (name, definition)
    LOOP
        IF wanted THEN
            EXECUTE format('CREATE INDEX %I ON public.clients_standing %s', item.name, item.definition);
        ELSE
            EXECUTE format('DROP INDEX public.%I', item.name);
        END IF;
    END LOOP;
    IF wanted THEN
        ANALYZE public.clients_standing;  -- nearly every row is another one now
    END IF;
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_segmentation_figures")]

    operations = [
        migrations.RunSQL(BAND, "DROP FUNCTION clients_asset_band(numeric, bigint)"),
        migrations.AddField(
            model_name="standing",
            name="asset_band",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("average_assets"), models.F("client_id"), function="clients_asset_band"
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.RunSQL("ALTER TABLE clients_standing ALTER COLUMN asset_band SET NOT NULL", migrations.RunSQL.noop),
        # Half of each page stays free: a night's new versions of its rows fit beside the old ones (HOT).
        migrations.RunSQL(
            "ALTER TABLE clients_standing SET (fillfactor = 50)", "ALTER TABLE clients_standing RESET (fillfactor)"
        ),
        migrations.RunSQL(INDEXES, "DROP FUNCTION clients_standing_indexes(boolean)"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("SELECT clients_standing_indexes(true)", "SELECT clients_standing_indexes(false)")
            ],
            state_operations=[
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["client_no"], name="clients_standing_no"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["opened_on", "client"], name="clients_standing_opened"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["asset_band"], name="clients_standing_band"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["branch", "asset_band"], name="clients_standing_branch"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["manager", "asset_band"], name="clients_standing_manager"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["group", "asset_band"], name="clients_standing_group"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["group", "opened_on"], name="clients_standing_group_opened"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["tier", "asset_band"], name="clients_standing_tier"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(fields=["risk_level", "asset_band"], name="clients_standing_risk"),
                ),
                migrations.AddIndex(
                    model_name="standing",
                    index=models.Index(
                        condition=models.Q(("style", "trader")), fields=["asset_band"], name="clients_standing_traders"
                    ),
                ),
            ],
        ),
    ]
