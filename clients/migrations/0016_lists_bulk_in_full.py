"""A bulk action keeps what it was asked to do, to whom, and exactly whom it changed, so that it can be undone."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0015_client_number_in_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkaction",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="client_list",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.clientlist",
                verbose_name="client list",
            ),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="matched",
            field=models.PositiveIntegerField(null=True, verbose_name="matched"),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="params",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="picked",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="tag",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.tag",
                verbose_name="tag",
            ),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="unchanged",
            field=models.PositiveIntegerField(default=0, verbose_name="unchanged"),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="undoes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="clients.bulkaction",
            ),
        ),
        migrations.AlterField(
            model_name="bulkaction",
            name="verb",
            field=models.CharField(
                choices=[
                    ("tag", "Put a tag on"),
                    ("untag", "Take a tag off"),
                    ("add", "Put on a list"),
                    ("remove", "Take off a list"),
                    ("assign", "Assign a manager"),
                ],
                max_length=16,
                verbose_name="action",
            ),
        ),
    ]
