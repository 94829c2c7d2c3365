from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CorrectionState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    APPROVED = "approved", _("Approved, not yet sent")
    SENT = "sent", _("Sent to the core system")
    TAKEN_OVER = "taken_over", _("Taken over by the core system")
    REJECTED = "rejected", pgettext_lazy("correction", "Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = (CorrectionState.PROPOSED, CorrectionState.APPROVED, CorrectionState.SENT)


class CorrectedField(models.TextChoices):
    """Fields of the core system that staff may propose to correct; the codes are the columns of the clients feed."""

    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    ADDRESS = "address", _("Address")
    ID_TYPE = "id_type", _("ID type")
    ID_NUMBER = "id_number", _("ID number")
    BIRTH_DATE = "birth_date", _("Date of birth")
    GENDER = "gender", _("Gender")
    CONTACT_PERSON = "contact_person", _("Contact person")
