"""Composition and cuts of each run, and what trials found (unlogged: a trial can be made again)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_segmentation_standing"),
        ("crm", "0005_user_must_change_password"),
    ]

    operations = [
        migrations.CreateModel(
            name="BranchCut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payers", models.PositiveIntegerField(verbose_name="clients with commission")),
                ("rank", models.PositiveIntegerField(verbose_name="rank")),
                (
                    "cut",
                    models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="cut"),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cuts", to="clients.run"
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crm.unit"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Composition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("none", "No tier"),
                            ("silver", "Silver card"),
                            ("gold", "Gold card"),
                            ("platinum", "Platinum card"),
                            ("diamond", "Diamond card"),
                        ],
                        max_length=10,
                        verbose_name="tier",
                    ),
                ),
                (
                    "style",
                    models.CharField(
                        choices=[("investor", "Investor"), ("trader", "Trader")], max_length=10, verbose_name="style"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("dormant", "Dormant"),
                            ("movement", "Abnormal movement"),
                            ("new", "New client"),
                            ("core", "Core"),
                            ("at_risk", "At risk of leaving"),
                            ("no_trade", "Never traded"),
                            ("general", "General"),
                        ],
                        max_length=10,
                        verbose_name="group",
                    ),
                ),
                ("clients", models.PositiveIntegerField(verbose_name="clients")),
                (
                    "assets",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="assets"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="composition", to="clients.run"
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crm.unit"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TrialResult",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "job_id", "client_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "old_tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "No tier"),
                            ("silver", "Silver card"),
                            ("gold", "Gold card"),
                            ("platinum", "Platinum card"),
                            ("diamond", "Diamond card"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "old_style",
                    models.CharField(
                        blank=True, choices=[("investor", "Investor"), ("trader", "Trader")], max_length=10
                    ),
                ),
                (
                    "old_group",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dormant", "Dormant"),
                            ("movement", "Abnormal movement"),
                            ("new", "New client"),
                            ("core", "Core"),
                            ("at_risk", "At risk of leaving"),
                            ("no_trade", "Never traded"),
                            ("general", "General"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "old_matches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("none", "No tier"),
                            ("silver", "Silver card"),
                            ("gold", "Gold card"),
                            ("platinum", "Platinum card"),
                            ("diamond", "Diamond card"),
                        ],
                        max_length=10,
                        verbose_name="tier",
                    ),
                ),
                (
                    "style",
                    models.CharField(
                        choices=[("investor", "Investor"), ("trader", "Trader")], max_length=10, verbose_name="style"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("dormant", "Dormant"),
                            ("movement", "Abnormal movement"),
                            ("new", "New client"),
                            ("core", "Core"),
                            ("at_risk", "At risk of leaving"),
                            ("no_trade", "Never traded"),
                            ("general", "General"),
                        ],
                        max_length=10,
                        verbose_name="group",
                    ),
                ),
                (
                    "matches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None, verbose_name="matches"
                    ),
                ),
                (
                    "average_assets",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="average assets"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.job",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="branchcut",
            constraint=models.UniqueConstraint(fields=("run", "branch"), name="clients_branchcut_once"),
        ),
        migrations.AddConstraint(
            model_name="composition",
            constraint=models.UniqueConstraint(
                fields=("run", "branch", "tier", "style", "group"), name="clients_composition_once"
            ),
        ),
        migrations.AddIndex(
            model_name="trialresult",
            index=models.Index(fields=["job", "old_tier", "tier", "client"], name="clients_trialresult_tier"),
        ),
        migrations.AddIndex(
            model_name="trialresult",
            index=models.Index(fields=["job", "old_group", "group", "client"], name="clients_trialresult_group"),
        ),
        migrations.RunSQL("ALTER TABLE clients_trialresult SET UNLOGGED", "ALTER TABLE clients_trialresult SET LOGGED"),
    ]
