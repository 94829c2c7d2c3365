from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.profile.models import Client
from clients.suitability.choices import Permission, PermissionStatus, RiskLevel
from crm.history import keep_history


@keep_history()
class RiskAssessment(models.Model):
    """The result of a risk questionnaire. Valid up to and including `valid_until`."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("client"))
    assessed_on = models.DateField(_("assessed on"))
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True)
    valid_until = models.DateField(_("valid until"))

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["client", "assessed_on"], name="clients_assessment_once"),
            models.CheckConstraint(condition=models.Q(level__in=RiskLevel.values), name="clients_assessment_level"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.level}"


@keep_history()
class PermissionRequest(models.Model):
    """A request to trade on a market that asks for more (ChiNext, STAR …)."""

    request_no = models.CharField(_("request number"), max_length=64, unique=True)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="permission_requests", verbose_name=_("client")
    )
    permission = models.CharField(_("permission"), max_length=12, choices=Permission.choices)
    requested_on = models.DateField(_("requested on"))
    status = models.CharField(_("status"), max_length=10, choices=PermissionStatus.choices, blank=True)

    class Meta:
        verbose_name = _("permission request")
        verbose_name_plural = _("permission requests")
        default_permissions = ()
        indexes = [models.Index(fields=["client", "-requested_on"], name="clients_permission_client")]

    def __str__(self) -> str:
        return self.request_no
