from celery import shared_task

from crm.jobs import services


@shared_task(name=services.RUN)
def run(job_id: int) -> None:
    services.run(job_id)


@shared_task(name="crm.jobs.sweep")
def sweep() -> None:
    services.sweep()
