from celery import shared_task
from django.utils import timezone

from crm.worktime import services


@shared_task(name="crm.worktime.extend")
def extend() -> None:
    services.extend_ahead(today=timezone.localdate())
