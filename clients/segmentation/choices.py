from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """Card tiers by average assets, lowest first; `none` where the lowest threshold is not met."""

    NONE = "none", _("No tier")
    SILVER = "silver", _("Silver card")
    GOLD = "gold", _("Gold card")
    PLATINUM = "platinum", _("Platinum card")
    DIAMOND = "diamond", _("Diamond card")


class Style(models.TextChoices):
    INVESTOR = "investor", _("Investor")
    TRADER = "trader", _("Trader")


class Group(models.TextChoices):
    DORMANT = "dormant", _("Dormant")
    MOVEMENT = "movement", _("Abnormal movement")
    NEW = "new", _("New client")
    CORE = "core", _("Core")
    AT_RISK = "at_risk", _("At risk of leaving")
    NO_TRADE = "no_trade", _("Never traded")
    GENERAL = "general", _("General")


class MovementKind(models.TextChoices):
    """Ranked: the first is the most urgent."""

    ALERT = "alert", _("Alert")
    OUTFLOW = "outflow", _("Outflow")
    TRADING = "trading", _("Trading")
    INFLOW = "inflow", _("Inflow")


class RunKind(models.TextChoices):
    NIGHTLY = "nightly", _("Nightly")
    MANUAL = "manual", _("By hand")
    BACKFILL = "backfill", _("Backfill")


class ChangeKind(models.TextChoices):
    BASELINE = "baseline", _("First run")
    CHANGE = "change", _("Change")
    CLOSING = "closing", _("Closed")
    CORRECTION = "correction", _("Corrected")


class PolicyState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
