from django.db import models
from django.utils.translation import gettext_lazy as _


class HandoverReason(models.TextChoices):
    LEFT = "left", _("The manager leaves")
    MOVED = "moved", _("The manager changes branch or role")
    LOAD = "load", _("Even out the load")
    WISH = "wish", _("The client's wish")
    OTHER = "other", _("Other")


class HandoverRule(models.TextChoices):
    """How the clients are shared out among several successors."""

    IN_TURN = "in_turn", _("In turn, by assets")
    BY_LOAD = "by_load", _("To whoever has fewest clients")


class AssignmentState(models.TextChoices):
    """A change of manager is ours until the core system, which owns the field, has it too."""

    PENDING = "pending", _("Not yet with the core system")
    CONFIRMED = "confirmed", _("Confirmed by the core system")
    SUPERSEDED = "superseded", _("Replaced by a later change")
