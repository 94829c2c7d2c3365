from celery import shared_task
from django.utils import timezone

from crm.jobs import services as jobs

CHECK = "files.check"


@shared_task(name="crm.files.check")
def check() -> None:
    jobs.request(CHECK, timezone.localdate().isoformat(), by=None)
