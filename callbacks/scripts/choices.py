from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ReasonKind(models.TextChoices):
    """Why somebody is called, most urgent first (`callbacks.md`, "Where calls come from")."""

    MOVEMENT = "movement", _("Abnormal movement")
    COMPLAINT_ANSWERED = "complaint_answered", _("Complaint answered")
    PERMISSION = "permission", _("Trading permission")
    NEW_CLIENT = "new_client", _("New client")
    AT_RISK = "at_risk", _("At risk of leaving")
    CORE = "core", _("Core client")
    MANAGER_CHANGED = "manager_changed", _("Customer manager changed")
    RISK_EXPIRY = "risk_expiry", _("Risk assessment expires")
    DORMANT = "dormant", _("Dormant client")
    CONDUCT_SAMPLE = "conduct_sample", _("Sample of marketing conduct")
    COVERAGE = "coverage", _("Yearly coverage")
    ASSIGNED = "assigned", _("Assigned by the company")
