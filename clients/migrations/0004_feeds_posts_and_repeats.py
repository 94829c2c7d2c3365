"""Which appointment is the staff feed's; repeated rows of a feed file; quantities with more decimals (fund units)."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_standing_follows_client"),
        ("crm", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffPost",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="crm.appointment"
                    ),
                ),
            ],
            options={
                "verbose_name": "appointment by feed",
                "verbose_name_plural": "appointments by feed",
                "default_permissions": (),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="feedbatch",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="feedbatch",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="feedbatch",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="feedbatch",
            name="repeats",
            field=models.BigIntegerField(default=0, verbose_name="repeated"),
        ),
        migrations.AddField(
            model_name="feedbatchevent",
            name="repeats",
            field=models.BigIntegerField(default=0, verbose_name="repeated"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_feedbatchevent" ("business_date", "by_id", "created_at", "ended_at", "errors_file", "feed", "file_name", "first_errors", "id", "inserted", "message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rejected", "repeats", "rows", "rows_stated", "sha256", "size", "source", "state", "stored_as", "unchanged", "unknown_columns", "updated", "warnings") SELECT new_values."business_date", new_values."by_id", new_values."created_at", new_values."ended_at", new_values."errors_file", new_values."feed", new_values."file_name", new_values."first_errors", new_values."id", new_values."inserted", new_values."message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."rejected", new_values."repeats", new_values."rows", new_values."rows_stated", new_values."sha256", new_values."size", new_values."source", new_values."state", new_values."stored_as", new_values."unchanged", new_values."unknown_columns", new_values."updated", new_values."warnings" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="22ecafa05ff829e255fe3ec8f7ed6481b5d54d3f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_999a3",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="clients_feedbatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_feedbatchevent" ("business_date", "by_id", "created_at", "ended_at", "errors_file", "feed", "file_name", "first_errors", "id", "inserted", "message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rejected", "repeats", "rows", "rows_stated", "sha256", "size", "source", "state", "stored_as", "unchanged", "unknown_columns", "updated", "warnings") SELECT new_values."business_date", new_values."by_id", new_values."created_at", new_values."ended_at", new_values."errors_file", new_values."feed", new_values."file_name", new_values."first_errors", new_values."id", new_values."inserted", new_values."message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."rejected", new_values."repeats", new_values."rows", new_values."rows_stated", new_values."sha256", new_values."size", new_values."source", new_values."state", new_values."stored_as", new_values."unchanged", new_values."unknown_columns", new_values."updated", new_values."warnings" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9baf632c579233e4da6ab60eb6aae61c7fd27b9c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6314a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="clients_feedbatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_feedbatchevent" ("business_date", "by_id", "created_at", "ended_at", "errors_file", "feed", "file_name", "first_errors", "id", "inserted", "message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rejected", "repeats", "rows", "rows_stated", "sha256", "size", "source", "state", "stored_as", "unchanged", "unknown_columns", "updated", "warnings") SELECT old_values."business_date", old_values."by_id", old_values."created_at", old_values."ended_at", old_values."errors_file", old_values."feed", old_values."file_name", old_values."first_errors", old_values."id", old_values."inserted", old_values."message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."rejected", old_values."repeats", old_values."rows", old_values."rows_stated", old_values."sha256", old_values."size", old_values."source", old_values."state", old_values."stored_as", old_values."unchanged", old_values."unknown_columns", old_values."updated", old_values."warnings" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="aa84fca8a1870fb6e2259939559e840eb5232893",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d96b8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="clients_feedbatch",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE clients_trade ALTER COLUMN quantity TYPE numeric(28,10)",
            "ALTER TABLE clients_trade ALTER COLUMN quantity TYPE numeric(20,4)",
        ),
    ]
