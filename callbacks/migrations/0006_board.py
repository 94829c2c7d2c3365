"""The board reads what is due first, by unit and reason, from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('callbacks', '0005_lists'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='call',
            name='callbacks_open_due',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='callbacks_open_unit_due',
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'claimed'))), fields=['due_at', 'id'], include=('unit', 'kind'), name='callbacks_open_due'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'claimed'))), fields=['unit', 'due_at', 'id'], include=('kind',), name='callbacks_open_unit_due'),
        ),
    ]
