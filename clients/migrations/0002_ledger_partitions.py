"""The fact tables: partitioned by month of `day`, natural key, no foreign key.

Partitions are made by `clients_ensure_months`, which runs with its owner's rights: the runtime role lays no tables
otherwise. Compare `feeds.md` and `architecture.md` (bulk work).
"""

from django.db import migrations

TABLES = """
CREATE TABLE clients_assetsnapshot (
    client_id bigint NOT NULL,
    day date NOT NULL,
    cash numeric(18,2) NOT NULL,
    securities numeric(18,2) NOT NULL,
    PRIMARY KEY (client_id, day)
) PARTITION BY RANGE (day);

CREATE TABLE clients_trade (
    trade_no varchar(64) NOT NULL,
    client_id bigint NOT NULL,
    day date NOT NULL,
    traded_at timestamptz NOT NULL,
    market varchar(20) NOT NULL DEFAULT '',
    symbol varchar(32) NOT NULL DEFAULT '',
    side varchar(4) NOT NULL,
    quantity numeric(20,4),
    amount numeric(18,2) NOT NULL,
    commission numeric(18,2) NOT NULL DEFAULT 0,
    channel varchar(32) NOT NULL DEFAULT '',
    order_no varchar(64) NOT NULL DEFAULT '',
    PRIMARY KEY (trade_no, day)
) PARTITION BY RANGE (day);
CREATE INDEX clients_trade_client ON clients_trade (client_id, day);

CREATE TABLE clients_cashflow (
    flow_no varchar(64) NOT NULL,
    client_id bigint NOT NULL,
    day date NOT NULL,
    occurred_at timestamptz NOT NULL,
    direction varchar(3) NOT NULL,
    amount numeric(18,2) NOT NULL,
    kind varchar(50) NOT NULL DEFAULT '',
    PRIMARY KEY (flow_no, day)
) PARTITION BY RANGE (day);
CREATE INDEX clients_cashflow_client ON clients_cashflow (client_id, day);
"""

FUNCTION = """
CREATE FUNCTION clients_ensure_months(target text, first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
-- Make the monthly partitions of one fact table that the days from first_day to last_day need.
-- Returns how many were made. Only the three fact tables are served.
DECLARE
    month date := date_trunc('month', first_day)::date;
    name text;
    made integer := 0;
BEGIN
    IF target NOT IN ('clients_assetsnapshot', 'clients_trade', 'clients_cashflow') THEN
        RAISE EXCEPTION 'clients_ensure_months serves no table %', target;
    END IF;
    WHILE month <= last_day LOOP
        name := format('%s_%s', target, to_char(month, 'YYYYMM'));
        IF to_regclass('public.' || quote_ident(name)) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('clients_ensure_months'));
            IF to_regclass('public.' || quote_ident(name)) IS NULL THEN
                EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
                               name, target, month, (month + interval '1 month')::date);
                made := made + 1;
            END IF;
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE clients_cashflow, clients_trade, clients_assetsnapshot"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION clients_ensure_months(text, date, date)"),
    ]
