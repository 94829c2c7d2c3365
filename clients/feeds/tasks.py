from celery import shared_task

from clients.feeds import batches, folder, months, uploads


@shared_task(name="clients.feeds.watch_folder")
def watch_folder() -> None:
    """Every half minute: load what lies in the watched folder, close what was killed, forget what nobody confirmed."""
    batches.sweep()
    uploads.discard_forgotten()
    months.make_months_ahead()
    folder.watch()
