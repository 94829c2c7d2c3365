from celery import shared_task

from callbacks.recordings import missing, takes
from callbacks.recordings.telephony import commands, matching


@shared_task(name="callbacks.recordings.close_left")
def close_left() -> None:
    takes.close_left()


@shared_task(name="callbacks.recordings.send_to_review")
def send_to_review() -> None:
    missing.send_to_review()


@shared_task(name=commands.SEND)
def send_command(command_id: int) -> None:
    commands.send(command_id)


@shared_task(name="callbacks.recordings.send_commands")
def send_commands() -> None:
    commands.send_due()


@shared_task(name="callbacks.recordings.join_found")
def join_found() -> None:
    matching.join_found()
