import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0008_message_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("object_key", models.CharField(max_length=100)),
                ("sealed", models.BinaryField()),
                ("window", models.UUIDField()),
                ("kept_at", models.DateTimeField(verbose_name="kept at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "default_permissions": (),
                "indexes": [models.Index(fields=["kept_at"], name="crm_draft_kept")],
                "constraints": [models.UniqueConstraint(fields=("user", "kind", "object_key"), name="crm_draft_once")],
            },
        ),
    ]
