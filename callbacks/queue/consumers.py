from callbacks.queue.wishes import follow_wishes
from clients.profile import wishes
from crm.events.models import Event
from crm.events.registry import consumer


@consumer(wishes.CHANGED, name="callbacks.queue.after_wishes")
def after_wishes(event: Event) -> None:
    """A client said when, and whether, we may call."""
    follow_wishes(client=event.payload["client"])
