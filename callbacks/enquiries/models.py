"""Inbound enquiries: who asked what, who answered, who answers for it until it is closed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.enquiries.choices import EnquiryKind, EnquiryState
from callbacks.enquiries.querysets import EnquiryQuerySet
from clients.contacts.models import ServiceRecord
from clients.profile.models import Client
from crm.history import keep_history
from crm.organisation.models import Unit, User


@keep_history()
class Enquiry(models.Model):
    """One caller who turned to us. `client` may be joined later; `owner` was asked first and answers for it."""

    enquiry_no = models.CharField(_("enquiry number"), max_length=32, unique=True)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="enquiries", verbose_name=_("client")
    )
    caller_name = models.CharField(_("caller"), max_length=200, blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_digest = models.BinaryField(null=True)
    phone_masked = models.CharField(_("caller's phone"), max_length=64, blank=True)
    line = models.CharField(_("line"), max_length=50, blank=True)  # e.g. "vip"
    vip = models.BooleanField(_("VIP"), default=False)
    kind = models.CharField(_("kind"), max_length=10, choices=EnquiryKind.choices, blank=True)
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    question = models.TextField(_("question"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    used = models.CharField(_("what the answer rests on"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=EnquiryState.choices, default=EnquiryState.TAKEN)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken in"))
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("branch"))
    arrived_at = models.DateTimeField(_("arrived"))
    taken_at = models.DateTimeField(_("taken"), null=True)
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("responsible")
    )
    due_at = models.DateTimeField(pgettext_lazy("enquiry", "promised by"), null=True)
    promised = models.CharField(_("what was promised"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, null=True, related_name="+")
    telephony_ref = models.CharField(max_length=100, blank=True)
    form_key = models.UUIDField(null=True, unique=True)  # of the form that made it: a double click makes one
    revision = models.PositiveIntegerField(default=0)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        default_permissions = ("view",)
        permissions = [("take_enquiries", _("Take and answer enquiries"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "missed"], owner__isnull=True)
                | Q(state__in=["taken", "closed"], owner__isnull=False, taken_at__isnull=False),
                name="callbacks_enquiry_owned",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="callbacks_enquiry_closed_pair",
            ),
            models.UniqueConstraint(
                fields=["telephony_ref"], condition=~Q(telephony_ref=""), name="callbacks_enquiry_ref"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-vip", "arrived_at", "id"], condition=Q(state="waiting"), name="callbacks_enquiry_next"
            ),
            models.Index(fields=["owner", "due_at", "id"], condition=Q(state="taken"), name="callbacks_enquiry_owner"),
            models.Index(fields=["-arrived_at", "-id"], name="callbacks_enquiry_arrived"),
            models.Index(fields=["branch", "-arrived_at", "-id"], name="callbacks_enquiry_branch"),
            models.Index(fields=["client", "-arrived_at"], name="callbacks_enquiry_client"),
        ]

    def __str__(self) -> str:
        return self.enquiry_no
