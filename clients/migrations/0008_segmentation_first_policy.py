"""Policy version 1: the defaults of segments.md, in force since ever, so that a new firm can run at once."""

import datetime as dt

from django.db import migrations

RULES = {
    "window_months": 3,
    "tiers": {"silver": 0, "gold": 1000000, "platinum": 3000000, "diamond": 10000000},
    "trader": {"trades_per_month": 10, "turnover_ratio": 1},
    "dormant": {"months": 36, "cash_below": 100},
    "movement": {
        "days": 7,
        "flow": 500000,
        "share": 0.3,
        "share_floor": 50000,
        "trades_floor": 20,
        "trades_multiple": 5,
        "trades_baseline_days": 60,
    },
    "new": {"days": 30},
    "core": {"min_tier": "platinum", "commission_top": 0.1},
    "at_risk": {"days": 30, "baseline_days": 90, "share": 0.5, "floor": 50000},
    "order": ["dormant", "movement", "new", "core", "at_risk", "no_trade"],
}
EPOCH = dt.datetime(1990, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def lay(apps, schema_editor):
    policy = apps.get_model("clients", "Policy")
    if not policy.objects.exists():
        policy.objects.create(
            version=1,
            name="默认标准",
            rules=RULES,
            state="approved",
            proposed_at=EPOCH,
            decided_at=EPOCH,
            effective_on=EPOCH.date(),
        )


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_segmentation_results")]

    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
