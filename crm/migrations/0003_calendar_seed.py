"""The calendar from 2004: decreed years as known, the years after them provisional."""

from django.db import migrations

from crm.worktime.decreed import FIRST_YEAR, LAST_YEAR, days_of

YEARS_AHEAD = 2


def seed(apps, schema_editor):
    CalendarDay = apps.get_model("crm", "CalendarDay")
    days = (CalendarDay(**day._asdict()) for day in days_of(FIRST_YEAR, LAST_YEAR + YEARS_AHEAD))
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_jobs_nudge")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop, elidable=False)]
