"""Corrections of fields that the core system owns: proposed, decided by a second person, sent back in a file."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.corrections.choices import CorrectedField, CorrectionState
from clients.corrections.querysets import CorrectionQuerySet
from clients.profile.models import Client
from crm.history import keep_history

PERSON = settings.AUTH_USER_MODEL


class CorrectionFile(models.Model):
    """A file of approved corrections for the core system: the columns of the clients feed, CSV."""

    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    rows = models.PositiveIntegerField(_("rows"))
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("file"), max_length=100)

    class Meta:
        verbose_name = _("corrections file")
        verbose_name_plural = _("corrections files")
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name


@keep_history()
class Correction(models.Model):
    """A proposed value for one field of one client. The client's file changes when the core system says so."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("client"))
    field = models.CharField(_("field"), max_length=16, choices=CorrectedField.choices)
    old_masked = models.CharField(_("before"), max_length=300, blank=True)
    new_sealed = models.BinaryField(null=True)  # empty: the field is to be cleared
    new_digest = models.BinaryField(null=True)  # as the client's own digest, to see when the core system took it over
    new_masked = models.CharField(_("after"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(
        _("state"), max_length=10, choices=CorrectionState.choices, default=CorrectionState.PROPOSED
    )
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.CharField(_("note"), max_length=300, blank=True)
    file = models.ForeignKey(CorrectionFile, on_delete=models.PROTECT, null=True, related_name="corrections")
    taken_over_at = models.DateTimeField(_("taken over"), null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        default_permissions = ()
        permissions = [
            ("propose_correction", _("Propose corrections of the core system's data")),
            ("decide_correction", _("Decide corrections that others proposed")),
            ("send_corrections", _("Send approved corrections to the core system")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "field"],
                condition=Q(state__in=["proposed", "approved", "sent"]),
                name="clients_correction_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="clients_correction_decided_pair",
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="clients_correction_two_people"),
        ]
        indexes = [
            models.Index(fields=["state", "-proposed_at", "-id"], name="clients_correction_state"),
            models.Index(fields=["client", "-proposed_at"], name="clients_correction_client"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.field}"
