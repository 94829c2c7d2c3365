from celery import shared_task

from crm.events import services


@shared_task(name=services.DELIVER)
def deliver(event_id: int) -> None:
    services.deliver_event(event_id)


@shared_task(name="crm.events.sweep")
def sweep() -> None:
    services.sweep()
