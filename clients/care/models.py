"""Who looks after a client: changes of manager, one by one and as the hand-over of all that somebody held."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.care.choices import AssignmentState, HandoverReason, HandoverRule
from clients.care.querysets import HandoverQuerySet
from clients.profile.models import Client

PERSON = settings.AUTH_USER_MODEL


class Handover(models.Model):
    """What one manager held goes to others: clients, open promises. One transaction; `key` makes it unique."""

    key = models.CharField(max_length=64, unique=True)  # of the form that asked: a double click hands over once
    from_manager = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )  # empty for a bulk assignment of clients of several managers
    successors = ArrayField(models.BigIntegerField(), default=list)
    rule = models.CharField(_("rule"), max_length=8, choices=HandoverRule.choices)
    reason = models.CharField(_("reason"), max_length=8, choices=HandoverReason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    asked_at = models.DateTimeField(_("asked for"))
    done_at = models.DateTimeField(_("done"), null=True)
    job = models.ForeignKey("crm.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    clients = models.PositiveIntegerField(_("clients"), default=0)
    follow_ups = models.PositiveIntegerField(_("promised follow-ups"), default=0)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        default_permissions = ()
        permissions = [("hand_over_clients", _("Assign managers and hand clients over"))]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="clients_handover_asked")]

    def __str__(self) -> str:
        return f"{self.from_manager_id} {self.asked_at:%F}"


class ManagerAssignment(models.Model):
    """A change of one client's manager, made here: append-only but for the core system's answer."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("client"))
    old_manager = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    new_manager = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="assignments")
    at = models.DateTimeField(_("time"))
    state = models.CharField(
        _("state"), max_length=10, choices=AssignmentState.choices, default=AssignmentState.PENDING
    )
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("change of manager")
        verbose_name_plural = _("changes of manager")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(state="pending"), name="clients_assignment_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at__isnull=True)
                | Q(state__in=["confirmed", "superseded"], settled_at__isnull=False),
                name="clients_assignment_settled_pair",
            ),
        ]
        indexes = [models.Index(fields=["client", "-at", "-id"], name="clients_assignment_client")]

    def __str__(self) -> str:
        return f"{self.client_id} → {self.new_manager_id}"
