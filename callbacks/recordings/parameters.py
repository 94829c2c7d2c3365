"""How long recordings are kept, and waited for."""

from django.utils.translation import gettext_lazy as _

from crm.parameters.kinds import Whole
from crm.parameters.registry import parameter

parameter(
    "callbacks.retention_years",
    group=_("Recordings"),
    kind=Whole(20, 100, _("years")),
    default=20,
    label=_("Time for which recordings are kept"),
    help=_("A recording cannot be deleted before. Set longer, it holds for recordings that are made from then on."),
    source=_("Securities Law 2019, Art. 137: at least 20 years. That callbacks fall under it is our reading."),
    sure=False,
)
parameter(
    "callbacks.recording_hours",
    group=_("Recordings"),
    kind=Whole(1, 240, _("hours")),
    default=24,
    label=_("Time in which a call's recording must have come"),
    help=_("A complete call without one goes to review then."),
    source=_("Our own choice; we know of no rule."),
    sure=True,
)
