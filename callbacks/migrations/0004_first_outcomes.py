"""Every firm begins with the outcome codes and the SMS to whoever could not be reached."""

from django.db import migrations

from callbacks.calls.laying import lay_outcomes


def lay(apps, schema_editor):
    lay_outcomes(apps.get_model("callbacks", "OutcomeCode"), apps.get_model("crm", "MessageTemplate"))


class Migration(migrations.Migration):
    dependencies = [
        ("callbacks", "0003_next"),
        ("crm", "0013_read_kinds"),
    ]

    # Going back leaves the codes to the tables' own migration: what the firm has changed in them is its own.
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
