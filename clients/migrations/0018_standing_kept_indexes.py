"""A run that rewrites most standings leaves the indexes alone of whose columns it changes none.

Number and day of opening never change by a run: with only these indexes in place, new versions of rows stay in their
pages and touch no index at all (docs/decisions/0001).
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("clients.migrations.0010_desk_list_indexes")
KEPT = """
            ('clients_standing_no', '(client_no)'),
            ('clients_standing_opened', '(opened_on, client_id)'),"""
assert KEPT in BEFORE.FUNCTION


class Migration(migrations.Migration):
    dependencies = [("clients", "0017_alerts_by_day")]

    operations = [
        migrations.RunSQL(BEFORE.FUNCTION.replace(KEPT, "") % BEFORE.MORE, BEFORE.FUNCTION % BEFORE.MORE),
    ]
