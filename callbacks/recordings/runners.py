from typing import Any

from django.utils.translation import gettext_lazy as _

from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony import events, fetching, posting
from crm.files.errors import FileRefused
from crm.jobs.errors import JobRefused
from crm.jobs.registry import runner
from crm.jobs.work import Work


@runner(events.FETCH, queue="default", title=_("Recording from the telephone system"), most_tries=8)
def fetch(work: Work) -> dict[str, Any]:
    """Fetch the recording of the event in the job's parameters."""
    event = TelephonyEvent.objects.get(pk=work.job.params["event"])
    try:
        recording = fetching.fetch(event)
    except (FileRefused, posting.Refused) as refused:
        raise JobRefused(str(refused)) from refused
    return {"recording": recording.pk}
