from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened, written in the transaction of the change itself."""

    name = models.CharField(_("name"), max_length=64)  # e.g. "segments.changed"
    payload = models.JSONField(_("payload"), default=dict)
    occurred_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        indexes = [models.Index(fields=["name", "id"], name="crm_event_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """One consumer's dealing with one event: written in the transaction of the consumer's own work."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=100)
    delivered_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="crm_delivery_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(delivered_at__isnull=True), name="crm_delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.consumer}"
