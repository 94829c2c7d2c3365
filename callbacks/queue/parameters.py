"""How calls are claimed and who calls large clients."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.parameters import OURS
from crm.parameters.kinds import Money, Switch, Whole
from crm.parameters.registry import parameter

QUEUE = _("Queue")

parameter(
    "callbacks.lease_minutes",
    group=QUEUE,
    kind=Whole(5, 240, _("minutes")),
    default=30,
    label=_("Time for which a call stays with whoever took it"),
    help=_("Each answer renews it, and it never runs out during a live call. After it the call goes back."),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.calls_a_day",
    group=QUEUE,
    kind=Whole(1, 500, pgettext_lazy("unit", "calls")),
    default=40,
    label=_("Calls that one person does a day"),
    help=_("What tomorrow and the week hold is compared with it, times the people on duty."),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.skips_shown",
    group=QUEUE,
    kind=Whole(1, 50, pgettext_lazy("count", "times")),
    default=3,
    label=_("Skips before a supervisor sees it"),
    help=_("A call that was skipped so often stands on the supervisor's board."),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.large_to_headquarters",
    group=QUEUE,
    kind=Switch(),
    default=False,
    label=_("Large clients are called by headquarters or the call centre alone"),
    help=_("Large is a client whose average assets reach the amount below."),
    source=_("Interim callback rules of Haitong Securities, Arts. 3–8. Off: our branches call core clients."),
    sure=True,
)
parameter(
    "callbacks.large_amount",
    group=QUEUE,
    kind=Money(),
    default="10000000.00",
    label=_("Average assets from which a client is large"),
    help=_("Counts only while large clients are called by headquarters or the call centre alone."),
    source=_("Interim callback rules of Haitong Securities, Arts. 3–8."),
    sure=True,
)
