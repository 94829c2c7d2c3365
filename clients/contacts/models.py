from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.contacts.choices import ContactChannel, ContactDirection, FollowUpState, RecordSource
from clients.contacts.querysets import FollowUpQuerySet, ServiceRecordQuerySet
from clients.profile.models import Client
from crm.history import keep_history


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
    source = models.CharField(
        _("source"), max_length=8, choices=RecordSource.choices, default=RecordSource.FEED, db_default=RecordSource.FEED
    )
    message = models.OneToOneField(
        "crm.Message", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("message")
    )

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        default_permissions = ()
        permissions = [
            ("enter_contact", _("Enter service records and promises")),
            ("look_up_caller", _("Find a caller in any scope, masked")),
        ]
        indexes = [
            models.Index(fields=["client", "-occurred_at"], name="clients_service_client"),
            # For figures of a period: records come in about the order in which they happened, so a few pages of summary
            # do what a B-tree of all of them would.
            BrinIndex(fields=["occurred_at"], pages_per_range=32, autosummarize=True, name="clients_service_occurred"),
        ]

    def __str__(self) -> str:
        return self.record_no


@keep_history()
class FollowUp(models.Model):
    """Something promised to a client: what, by when, who keeps it, and what came of it."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("client"))
    record = models.ForeignKey(
        ServiceRecord, on_delete=models.PROTECT, null=True, related_name="follow_ups", verbose_name=_("service record")
    )
    what = models.CharField(_("what was promised"), max_length=300)
    due_at = models.DateTimeField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("who keeps it")
    )
    state = models.CharField(_("state"), max_length=8, choices=FollowUpState.choices, default=FollowUpState.OPEN)
    created_at = models.DateTimeField(_("promised"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    result = models.CharField(_("what came of it"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("promised follow-up")
        verbose_name_plural = _("promised follow-ups")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | Q(state__in=["done", "dropped"], ended_at__isnull=False, ended_by__isnull=False),
                name="clients_followup_ended_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at", "id"], condition=Q(state="open"), name="clients_followup_open"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="clients_followup_due"),
            models.Index(fields=["client", "-created_at"], name="clients_followup_client"),
        ]

    def __str__(self) -> str:
        return self.what
