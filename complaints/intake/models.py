from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.profile.models import Client
from complaints.intake.choices import IntakeChannel
from crm.history import keep_history
from crm.organisation.models import Unit


@keep_history()
class FedComplaint(models.Model):
    """A complaint that came by feed from another system, in that system's own words."""

    complaint_no = models.CharField(_("complaint number"), max_length=64, unique=True)
    received_at = models.DateTimeField(_("received"))
    channel = models.CharField(_("channel"), max_length=12, choices=IntakeChannel.choices)
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("branch"))
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="fed_complaints", verbose_name=_("client")
    )
    category = models.CharField(_("category"), max_length=200, blank=True)
    subcategory = models.CharField(_("subcategory"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    transferred_at = models.DateTimeField(_("transferred"), null=True)
    resolution = models.TextField(_("resolution"), blank=True)
    on_time = models.BooleanField(_("on time"), null=True)
    disputed = models.BooleanField(_("disputed"), null=True)
    transferred_early = models.BooleanField(_("transferred before it was received"), default=False)

    class Meta:
        verbose_name = _("complaint by feed")
        verbose_name_plural = _("complaints by feed")
        default_permissions = ()
        indexes = [models.Index(fields=["client", "-received_at"], name="complaints_fed_client")]

    def __str__(self) -> str:
        return self.complaint_no
