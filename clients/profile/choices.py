from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class OptOut(models.TextChoices):
    """What a client does not want. Binds what goes out: messages, calls, pushes."""

    SMS = "sms", _("No SMS")
    EMAIL = "email", _("No e-mail")
    PHONE = "phone", _("No calls")
    MARKETING = "marketing", _("No marketing, by any channel")


class Interest(models.TextChoices):
    """What a client likes to hear about."""

    SHARES = "shares", _("Shares")
    FUNDS = "funds", _("Funds")
    BONDS = "bonds", _("Bonds")
    FX = "fx", _("Foreign exchange")
    NEW_ISSUES = "new_issues", _("New issues")
    HONG_KONG = "hong_kong", _("Hong Kong market")
    OPTIONS = "options", _("Options and futures")
    WEALTH = "wealth", _("Wealth management products")
    PENSION = "pension", _("Pension")


class RevealReason(models.TextChoices):
    """Why somebody looks at a hidden field. A list, so that reasons can be counted and reviewed."""

    CALLBACK = "callback", _("Call to the client")
    ENQUIRY = "enquiry", _("The client asks and his identity is checked")
    COMPLAINT = "complaint", _("Handling of a complaint")
    CORRECTION = "correction", _("Correction of the client's data")
    DELIVERY = "delivery", _("Letter or document to the client")
    INVESTIGATION = "investigation", _("Compliance review or investigation")
    AUTHORITY = "authority", _("Request of a regulator, court or authority")


class PersonalField(models.TextChoices):
    """What is masked for everybody but the client's own manager, and may be revealed with a reason."""

    NAME = "name", pgettext_lazy("person", "Name")
    PHONE = "phone", _("Phone")
    ID_NUMBER = "id_number", _("ID number")
    EMAIL = "email", _("E-mail")
    ADDRESS = "address", _("Address")


EXTRA_PHONE = "extra_phone"  # how the log of reads names a further phone; a client may have several
