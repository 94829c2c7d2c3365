from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    BUY = "buy", _("Buy")
    SELL = "sell", _("Sell")


class Direction(models.TextChoices):
    IN = "in", _("In")
    OUT = "out", _("Out")


class AlertSource(models.TextChoices):
    EXCHANGE = "exchange", _("Exchange")
    COMPLIANCE = "compliance", _("Compliance")
    SYSTEM = "system", _("System")


# Cash-flow kinds are free words of the core system; these five have a meaning (segments.md).
FLOW_KINDS = {
    "interest": _("Interest"),
    "dividend": _("Dividend"),
    "fee": _("Fee"),
    "tax": _("Tax"),
    "internal": _("Internal transfer"),
}
