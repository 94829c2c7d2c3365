"""Indexes of the lists of calls: skipped ones, other forms of contact, made by a plan."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('callbacks', '0004_first_outcomes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'claimed')), ('skips__gt', 0)), fields=['due_at', 'id'], name='callbacks_open_skipped'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'claimed')), models.Q(('form', 'phone'), _negated=True)), fields=['form', 'rank', 'due_at', 'id'], name='callbacks_open_form'),
        ),
        migrations.AddIndex(
            model_name='callreason',
            index=models.Index(fields=['plan', 'call'], name='callbacks_reason_plan'),
        ),
    ]
