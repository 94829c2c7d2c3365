from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.profile.models import Client


class ServiceRecord(models.Model):
    """One contact with a client, or with a caller whom nobody knew (`client` empty)."""

    record_no = models.CharField(_("record number"), max_length=64, unique=True)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="service_records", verbose_name=_("client")
    )
    occurred_at = models.DateTimeField(_("time"))
    channel = models.CharField(_("channel"), max_length=8, choices=ContactChannel.choices)
    direction = models.CharField(_("direction"), max_length=8, choices=ContactDirection.choices, blank=True)
    staff_no = models.CharField(_("staff number"), max_length=32, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("staff")
    )
    duration_seconds = models.PositiveIntegerField(_("duration (seconds)"), null=True)
    wait_seconds = models.PositiveIntegerField(_("wait (seconds)"), null=True)
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        default_permissions = ()
        indexes = [models.Index(fields=["client", "-occurred_at"], name="clients_service_client")]

    def __str__(self) -> str:
        return self.record_no
