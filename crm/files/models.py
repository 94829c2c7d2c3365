"""What is kept for years: the bytes lie in a folder under their own hash, what is known of them here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.files.choices import Fault


class StoredFile(models.Model):
    """One content, however often it was brought. Never changed; deleted by nobody before `retained_until` is over:
    a trigger refuses it, and the running product has no right to delete rows here at all.

    Who may see it is decided by what it belongs to (a recording, an attachment).
    """

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    mime = models.CharField(_("kind of file"), max_length=80)  # as its content says, never as it was called
    stored_at = models.DateTimeField(_("stored"))
    retained_until = models.DateField(_("kept at least until"))
    checked_at = models.DateTimeField(_("last checked"), null=True)
    fault = models.CharField(_("damage"), max_length=10, choices=Fault.choices, blank=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sha256", "size"], name="crm_storedfile_content"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="crm_storedfile_sha256"),
            models.CheckConstraint(condition=Q(size__gt=0), name="crm_storedfile_not_empty"),
        ]
        indexes = [
            models.Index(F("checked_at").asc(nulls_first=True), name="crm_storedfile_checked"),
            models.Index(fields=["id"], condition=~Q(fault=""), name="crm_storedfile_damaged"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_intact(self) -> bool:
        return self.fault == Fault.NONE
