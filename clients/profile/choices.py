from django.db import models
from django.utils.translation import gettext_lazy as _


class ClientKind(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual")
    INSTITUTION = "institution", _("Institution")


class Gender(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class ClientStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class InvestorClass(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary investor")
    PROFESSIONAL = "professional", _("Professional investor")


class Preference(models.TextChoices):
    """What the client says of himself (declared, not assessed)."""

    CONSERVATIVE = "conservative", _("Conservative")
    STEADY = "steady", _("Steady")
    AGGRESSIVE = "aggressive", _("Aggressive")


class Horizon(models.TextChoices):
    SHORT = "short", _("Under 1 year")
    MEDIUM = "medium", _("1 to 3 years")
    LONG = "long", _("Over 3 years")
