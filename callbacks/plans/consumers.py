from callbacks.calls.models import Call
from callbacks.calls.outcomes import FINISHED
from callbacks.plans import complaints, daily, informing, quiet
from callbacks.plans.making import LISTED
from callbacks.plans.models import Making
from clients.feeds.importing import LOADED
from clients.segmentation.models import Run
from clients.segmentation.running import CHANGED
from crm.events.models import Event
from crm.events.registry import consumer

REQUESTS = "permission_requests"


@consumer(CHANGED, name="callbacks.plans.after_run")
def after_run(event: Event) -> None:
    """A segmentation run changed clients' groups."""
    daily.after_run(run=Run.objects.get(pk=event.payload["run"]))


@consumer(LOADED, name="callbacks.plans.after_requests")
def after_requests(event: Event) -> None:
    """A file of permission requests was loaded."""
    if event.payload["feed"] == REQUESTS:
        daily.after_requests(batch=event.payload["batch"])


@consumer(complaints.ANSWERED, name="callbacks.plans.after_complaint")
def after_complaint(event: Event) -> None:
    """A complaint was answered."""
    complaints.after_complaint(payload=event.payload)


@consumer(LISTED, name="callbacks.plans.inform_listed")
def inform_listed(event: Event) -> None:
    """Movements beyond the daily limit: their clients get an SMS."""
    informing.inform_listed(making=Making.objects.get(pk=event.payload["making"]))


@consumer(FINISHED, name="callbacks.plans.after_call")
def after_call(event: Event) -> None:
    """A client was reached: what is less urgent waits until the quiet period is over."""
    if event.payload["reached"]:
        quiet.put_off_lesser(call=Call.objects.get(pk=event.payload["call"]))
