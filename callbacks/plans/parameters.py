"""How often a client is called, and how many movement checks a branch gets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.parameters import OURS
from crm.parameters.kinds import Switch, Whole
from crm.parameters.registry import parameter

PLANS = _("Plans")

parameter(
    "callbacks.quiet_days",
    group=PLANS,
    kind=Whole(0, 60, pgettext_lazy("unit", "days")),
    default=7,
    label=_("Quiet period after a client was reached"),
    help=_(
        "For a lesser reason he is called when it is over, and never later than that reason is due. "
        "New plans begin with this number; each plan has its own."
    ),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.cooldown_days",
    group=PLANS,
    kind=Whole(0, 730, pgettext_lazy("unit", "days")),
    default=90,
    label=_("Cooldown of a reason"),
    help=_(
        "Who enters the same group again within it is not called again. Movements have none. "
        "New plans begin with this number; each plan has its own."
    ),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.movement_cap",
    group=PLANS,
    kind=Whole(1, 1000, pgettext_lazy("unit", "calls")),
    default=20,
    label=_("Movement checks a branch gets on one day"),
    help=_(
        "The most urgent ones. The other clients get an SMS with the branch's number and stay on a list. "
        "New plans begin with this number; each plan has its own."
    ),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.diamond_to_call_centre",
    group=PLANS,
    kind=Switch(),
    default=False,
    label=_("Movements of diamond clients are checked by the call centre"),
    help=_("Otherwise by the client's branch, as those of all others."),
    source=OURS,
    sure=True,
)
