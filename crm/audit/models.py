from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.querysets import ReadLogQuerySet


class ReadKind(models.TextChoices):
    PAGE = "page", _("Page opened")
    OWN_CLEAR = "own_clear", _("Own client shown in clear")
    REVEAL = "reveal", _("Hidden field revealed")
    SEARCH = "search", _("Search by personal data")
    EXPORT = "export", _("Export")
    DOWNLOAD = "download", _("File downloaded")
    PLAY = "play", _("Recording played")
    CLAIMED = "claimed", _("Shown in clear for a claimed call")


class ReadLog(models.Model):
    """Who read what about whom, when and why. Append-only; kept 20 years (`people.md`)."""

    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    kind = models.CharField(_("kind"), max_length=16, choices=ReadKind.choices)
    subject = models.CharField(_("subject"), max_length=32)  # e.g. "client"
    subject_no = models.CharField(_("number"), max_length=64, blank=True)
    fields = models.CharField(_("fields"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=1)
    url = models.CharField(_("address"), max_length=500, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)

    objects = ReadLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("read")
        verbose_name_plural = _("read log")
        default_permissions = ()
        indexes = [
            models.Index(fields=["subject", "subject_no", "-at"], name="crm_readlog_subject"),
            models.Index(fields=["by", "-at"], name="crm_readlog_by"),
            models.Index(fields=["-at", "-id"], name="crm_readlog_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.by_id} {self.kind} {self.subject} {self.subject_no}"
