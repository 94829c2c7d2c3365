"""Lists taken out of the system: who took what, why, who released it, how often it was downloaded."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.exports.choices import ExportReason, ExportState
from crm.exports.querysets import ExportQuerySet
from crm.history import keep_history


@keep_history()
class Export(models.Model):
    """One export of one list: the list's address says what is in it, the file equals the list at `counted_at`."""

    key = models.CharField(max_length=64, unique=True)  # of the form that asked: a double click asks once
    list_name = models.CharField(_("list"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    query = models.TextField(_("filter"), blank=True)  # the query string of the list
    picked = ArrayField(
        models.BigIntegerField(), default=list, blank=True
    )  # rows ticked by hand; empty: all that match
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"), default=list)
    language = models.CharField(_("language"), max_length=10)
    reason = models.CharField(_("reason"), max_length=12, choices=ExportReason.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    asked_at = models.DateTimeField(_("asked for"))
    rows = models.PositiveIntegerField(_("rows"))  # counted when asked for; what was written once it is ready
    state = models.CharField(_("state"), max_length=10, choices=ExportState.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("released by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.CharField(_("note"), max_length=200, blank=True)
    job = models.ForeignKey("crm.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    made_at = models.DateTimeField(_("made"), null=True)
    expires_on = models.DateField(_("kept until"), null=True)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="crm_export_decided_pair",
            ),
            models.CheckConstraint(condition=~Q(by=F("decided_by")), name="crm_export_two_people"),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="crm_export_asked"),
            models.Index(fields=["by", "-asked_at"], name="crm_export_by"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"
