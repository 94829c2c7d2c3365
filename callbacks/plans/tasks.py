from celery import shared_task
from django.utils import timezone

from callbacks.plans import coverage, daily, warning


@shared_task(name="callbacks.plans.every_day")
def every_day() -> None:
    """From the morning on, hourly: what is done is found done."""
    daily.every_day()


@shared_task(name="callbacks.plans.freeze_base")
def freeze_base() -> None:
    """In the evening of 31 December: who counts for the coverage of the new year."""
    coverage.freeze_base(year=timezone.localdate().year + 1)


@shared_task(name="callbacks.plans.warn")
def warn() -> None:
    """In the morning: what is due soon."""
    warning.warn()
