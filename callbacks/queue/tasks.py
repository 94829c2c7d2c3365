from celery import shared_task

from callbacks.queue import leaving, recusing, sweeping


@shared_task(name="callbacks.queue.sweep")
def sweep() -> None:
    sweeping.sweep()


@shared_task(name="callbacks.queue.forget_passed")
def forget_passed() -> None:
    """A new day: who skipped a call may be given it again, and nothing waits for who has left."""
    sweeping.forget_passed()
    while leaving.give_back_of_leavers():
        continue


@shared_task(name="callbacks.queue.hold_nobodys")
def hold_nobodys() -> None:
    """Calls of branches where everybody is recused."""
    recusing.hold_nobodys()
