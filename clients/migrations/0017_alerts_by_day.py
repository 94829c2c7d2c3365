"""The list of alerts is ordered by the day on which they were raised."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0016_lists_bulk_in_full")]

    operations = [
        migrations.AddIndex(
            model_name="alert", index=models.Index(fields=["-raised_on", "-id"], name="clients_alert_raised")
        ),
    ]
