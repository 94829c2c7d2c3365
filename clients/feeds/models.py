from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.querysets import FeedBatchQuerySet
from crm.history import keep_history
from crm.organisation.models import Appointment, User


@keep_history()
class FeedBatch(models.Model):
    """One file of one feed: what came, who brought it, what became of every row."""

    feed = models.CharField(_("feed"), max_length=32)
    file_name = models.CharField(_("file"), max_length=255)
    # An upload: its file below MEDIA_ROOT. The watched folder: its name in `in/.working`.
    stored_as = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.BigIntegerField(_("bytes"), default=0)
    business_date = models.DateField(_("business date"), null=True, blank=True)
    rows_stated = models.BigIntegerField(_("control total"), null=True, blank=True)
    source = models.CharField(_("brought by"), max_length=8, choices=BatchSource.choices)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices)
    rows = models.BigIntegerField(_("rows"), default=0)
    inserted = models.BigIntegerField(_("new"), default=0)
    updated = models.BigIntegerField(_("changed"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    repeats = models.BigIntegerField(_("repeated"), default=0)  # rows equal to one before them in the file
    rejected = models.BigIntegerField(_("rejected"), default=0)
    warnings = models.BigIntegerField(_("warnings"), default=0)
    unknown_columns = models.JSONField(_("unknown columns"), default=list)
    first_errors = models.JSONField(_("first errors"), default=list)  # [[line, column, reason], …]
    errors_file = models.CharField(_("errors file"), max_length=300, blank=True)  # below MEDIA_ROOT
    message = models.TextField(_("message"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("came in"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = FeedBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed file")
        verbose_name_plural = _("feed files")
        default_permissions = ("view",)
        permissions = [
            ("feed_everything", _("Load any feed")),
            ("feed_own_branch", _("Load corrections and service records of the own branch")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "partly", "failed", "discarded"], ended_at__isnull=False),
                name="clients_feedbatch_ended_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="clients_feedbatch_at"),
            models.Index(fields=["feed", "-business_date", "state"], name="clients_feedbatch_feed"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.file_name}"


class StaffPost(models.Model):
    """Which of a person's appointments is the one that the staff feed keeps; others are the administrators'."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("appointment by feed")
        verbose_name_plural = _("appointments by feed")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.appointment_id}"
