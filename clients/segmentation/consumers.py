from clients.segmentation import nightly
from crm.events.models import Event
from crm.events.registry import consumer


@consumer("feed.loaded", name="clients.segmentation.run_again")
def run_again(event: Event) -> None:
    """Late data: the run that has already looked at that day is made again."""
    nightly.run_again_after(event)
