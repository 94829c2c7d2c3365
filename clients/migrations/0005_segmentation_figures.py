"""Every figure that decides has a column of its own; keys of a million rows a night carry no constraint."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_feeds_posts_and_repeats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="digest",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="runresult",
            name="active_months",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="months with a trade, of 12"),
        ),
        migrations.AddField(
            model_name="runresult",
            name="earlier_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, days before"
            ),
        ),
        migrations.AddField(
            model_name="runresult",
            name="last_trade_on",
            field=models.DateField(null=True, verbose_name="last trade"),
        ),
        migrations.AddField(
            model_name="runresult",
            name="recent_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, recent days"
            ),
        ),
        migrations.AddField(
            model_name="runresult",
            name="securities",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="securities"
            ),
        ),
        migrations.AddField(
            model_name="runresult",
            name="total_assets",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="assets"),
        ),
        migrations.AddField(
            model_name="runresult",
            name="traded_amount",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="traded amount in the window"
            ),
        ),
        migrations.AddField(
            model_name="runresult",
            name="trades",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="trades in the window"),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="active_months",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="months with a trade, of 12"),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="branch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.unit",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="earlier_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, days before"
            ),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="last_trade_on",
            field=models.DateField(null=True, verbose_name="last trade"),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="movement_rank",
            field=models.PositiveSmallIntegerField(default=9),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="movement_size",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=24),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="recent_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, recent days"
            ),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="securities",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="securities"
            ),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="total_assets",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="assets"),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="traded_amount",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="traded amount in the window"
            ),
        ),
        migrations.AddField(
            model_name="segmentchange",
            name="trades",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="trades in the window"),
        ),
        migrations.AddField(
            model_name="standing",
            name="earlier_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, days before"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="recent_mean",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="mean of assets, recent days"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="securities",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="securities"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="traded_amount",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="traded amount in the window"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="trades",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="trades in the window"),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="average_assets",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="average assets"
            ),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="clients.client",
            ),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="commission_12m",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="commission, 12 months"
            ),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="results",
                to="clients.run",
            ),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="trades_per_month",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="trades per month"
            ),
        ),
        migrations.AlterField(
            model_name="runresult",
            name="turnover_ratio",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="turnover a month"
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="average_assets",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="average assets"
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="segment_changes",
                to="clients.client",
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="commission_12m",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="commission, 12 months"
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="clients.run",
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="trades_per_month",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="trades per month"
            ),
        ),
        migrations.AlterField(
            model_name="segmentchange",
            name="turnover_ratio",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="turnover a month"
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="average_assets",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="average assets"
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="branch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.unit",
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="client",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="standing",
                serialize=False,
                to="clients.client",
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="commission_12m",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="commission, 12 months"
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="manager",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="clients.run",
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="total_assets",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=24, verbose_name="assets"),
        ),
        migrations.AlterField(
            model_name="standing",
            name="trades_per_month",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="trades per month"
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="turnover_ratio",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=28, verbose_name="turnover a month"
            ),
        ),
        migrations.AddIndex(
            model_name="segmentchange",
            index=models.Index(
                fields=["run", "movement_rank", "-movement_size", "id"], name="clients_segmentchange_ranked"
            ),
        ),
    ]
