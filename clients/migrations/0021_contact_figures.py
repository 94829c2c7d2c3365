"""Contacts of a period are found without reading all of them."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0020_wishes_call_hours"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="servicerecord",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["occurred_at"], name="clients_service_occurred", pages_per_range=32
            ),
        ),
    ]
