"""What the telephone system reports, as it concerns enquiries."""

from __future__ import annotations

from callbacks.enquiries.arriving import arrive, hang_up
from callbacks.recordings.choices import EventKind
from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony.events import INBOUND_EVENT, TOLD_EVENT
from crm.events.models import Event
from crm.events.registry import consumer


@consumer(INBOUND_EVENT, name="enquiries.inbound")
def somebody_calls(event: Event) -> None:
    """A waiting enquiry."""
    arrive(event=TelephonyEvent.objects.get(pk=event.payload["event"]))


@consumer(TOLD_EVENT, name="enquiries.told")
def line_told(event: Event) -> None:
    """Whoever hangs up waits no longer. Told before the call itself is known here, `arrive` finds it."""
    if event.payload["kind"] == EventKind.ENDED:
        hang_up(ref=event.payload["ref"])
