"""What binds whoever calls, and how often somebody is tried."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.parameters.kinds import Whole, Windows
from crm.parameters.registry import parameter

CALLING = _("Calling")
OURS = _("Our own choice; we know of no rule.")

parameter(
    "callbacks.windows",
    group=CALLING,
    kind=Windows(),
    default=[["09:00", "12:00"], ["13:30", "20:00"]],
    label=_("Hours in which clients are called"),
    help=_("On working days, make-up weekends included. A client's own hours come first."),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.tries",
    group=CALLING,
    kind=Whole(1, 10, pgettext_lazy("unit", "tries")),
    default=3,
    label=_("Tries before a client counts as unreachable"),
    help=_("At different hours. After the last one an SMS goes out and the branch checks the number."),
    source=OURS,
    sure=True,
)
parameter(
    "callbacks.identity_tries",
    group=CALLING,
    kind=Whole(1, 10, pgettext_lazy("unit", "tries")),
    default=3,
    label=_("Wrong digits before the identity check closes"),
    help=_("The digits that a client gives are compared with what is stored; nobody may guess on."),
    source=OURS,
    sure=True,
)
