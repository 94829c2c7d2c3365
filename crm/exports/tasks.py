from celery import shared_task

from crm.exports import sweep as sweeping


@shared_task(name="crm.exports.sweep")
def sweep() -> None:
    sweeping.sweep()
