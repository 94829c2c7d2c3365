import datetime as dt

from celery import shared_task
from django.utils import timezone

from clients.oversight import services


@shared_task(name="clients.oversight.tell_unusual")
def tell_unusual() -> None:
    today = timezone.localdate()
    services.tell_unusual(day=today - dt.timedelta(days=1), today=today)
