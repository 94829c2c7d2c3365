from celery import shared_task
from django.utils import timezone

from clients.segmentation import nightly as nights
from clients.segmentation import trials


@shared_task(name="clients.segmentation.nightly")
def nightly() -> None:
    """At 02:00 and through the day: yesterday's run, once its feeds are in; and yesterday's trials are swept."""
    nights.ask_for_night(today=timezone.localdate())
    trials.forget_trials(at=timezone.now())
