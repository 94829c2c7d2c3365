from celery import shared_task
from django.utils import timezone

from clients.corrections import outbox
from clients.feeds import batches, folder, months, outgoing, uploads


@shared_task(name="clients.feeds.watch_folder")
def watch_folder() -> None:
    """Every half minute: load what lies in the watched folder, and put out what goes back; close what was killed,
    forget what nobody confirmed."""
    batches.sweep()
    outbox.put_out()
    uploads.discard_forgotten()
    months.make_months_ahead()
    folder.watch()


@shared_task(name="clients.feeds.send_outgoing")
def send_outgoing() -> None:
    """At the hour of the settings: what was approved since goes back to the core system."""
    outgoing.send_on_schedule(at=timezone.now())
