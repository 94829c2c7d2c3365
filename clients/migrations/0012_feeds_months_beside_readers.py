"""A month's partition is made beside its readers: laid on its own, then attached.

`CREATE TABLE … PARTITION OF` locks the whole table against everybody until the transaction ends, and queues all
readers behind it while it waits; ATTACH lets reading and writing go on. Also: one table's months do not wait for
another's.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION clients_ensure_months(target text, first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
-- Make the monthly partitions of one fact table that the days from first_day to last_day need.
-- Returns how many were made. Only the three fact tables are served.
DECLARE
    month date := date_trunc('month', first_day)::date;
    name text;
    made integer := 0;
BEGIN
    IF target NOT IN ('clients_assetsnapshot', 'clients_trade', 'clients_cashflow') THEN
        RAISE EXCEPTION 'clients_ensure_months serves no table %%', target;
    END IF;
    WHILE month <= last_day LOOP
        name := format('%%s_%%s', target, to_char(month, 'YYYYMM'));
        IF to_regclass('public.' || quote_ident(name)) IS NULL THEN
            PERFORM pg_advisory_xact_lock(%(lock)s);
            IF to_regclass('public.' || quote_ident(name)) IS NULL THEN
                %(lay)s
                made := made + 1;
            END IF;
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END $$;
"""
BESIDE = {
    "lock": "hashtext('clients_ensure_months'), hashtext(target)",
    "lay": """EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', name, target);
                EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                               target, name, month, (month + interval '1 month')::date);""",
}
INSIDE = {
    "lock": "hashtext('clients_ensure_months')",
    "lay": """EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
                               name, target, month, (month + interval '1 month')::date);""",
}


class Migration(migrations.Migration):
    dependencies = [("clients", "0011_segmentation_urgency")]

    operations = [migrations.RunSQL(FUNCTION % BESIDE, FUNCTION % INSIDE)]
