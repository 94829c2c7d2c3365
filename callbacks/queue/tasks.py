from celery import shared_task

from callbacks.queue import sweeping


@shared_task(name="callbacks.queue.sweep")
def sweep() -> None:
    sweeping.sweep()


@shared_task(name="callbacks.queue.forget_passed")
def forget_passed() -> None:
    sweeping.forget_passed()
