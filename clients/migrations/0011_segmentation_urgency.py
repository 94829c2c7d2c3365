"""A change carries the urgency of its movement, higher first, so that a list sorts one way by all its columns.

Beside it: the branch of a trial's client, and fresh statistics of the standings when most of them were written anew.
"""

import django.db.models.deletion
from django.db import migrations, models

ANALYZE = """
CREATE FUNCTION clients_standing_statistics() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    -- The runtime role does not own the table; without fresh statistics lists would be planned for a firm that is gone.
    ANALYZE public.clients_standing;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0010_desk_list_indexes"),
        ("crm", "0006_words"),
    ]

    operations = [
        migrations.RunSQL(ANALYZE, "DROP FUNCTION clients_standing_statistics()"),
        migrations.RemoveIndex(
            model_name="segmentchange",
            name="clients_segmentchange_ranked",
        ),
        migrations.RemoveField(
            model_name="segmentchange",
            name="movement_rank",
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="movement_urgency",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="segmentchange",
            index=models.Index(fields=["run", "movement_urgency", "movement_size", "id"], name="clients_change_ranked"),
        ),
        migrations.AddField(
            model_name="trialresult",
            name="branch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.unit",
            ),
            preserve_default=False,
        ),
    ]
