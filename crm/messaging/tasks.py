from celery import shared_task

from crm.messaging import services


@shared_task(name=services.SEND)
def send(message_id: int) -> None:
    services.send(message_id)


@shared_task(name="crm.messaging.sweep")
def sweep() -> None:
    services.sweep()
