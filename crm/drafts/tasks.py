from celery import shared_task

from crm.drafts import services


@shared_task(name="crm.drafts.sweep")
def sweep() -> None:
    services.sweep()
