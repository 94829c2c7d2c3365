from celery import shared_task

from clients.contacts import reminders


@shared_task(name="clients.contacts.remind")
def remind() -> None:
    reminders.remind()
