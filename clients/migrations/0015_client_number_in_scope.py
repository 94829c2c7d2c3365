"""The beginning of a client number is found inside a branch, or among a manager's clients, without walking the others.

The indexes that go are covered by those of the foreign keys.
"""

from django.db import migrations, models

PREFIXES = ("int8_ops", "varchar_pattern_ops")


class Migration(migrations.Migration):
    dependencies = [("clients", "0014_phone_tails")]

    operations = [
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["branch", "client_no"], opclasses=PREFIXES, name="clients_client_branch_no"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["manager", "client_no"], opclasses=PREFIXES, name="clients_client_manager_no"),
        ),
        migrations.RemoveIndex(model_name="client", name="clients_client_branch_id"),
        migrations.RemoveIndex(model_name="client", name="clients_client_manager_id"),
    ]
