"""Messages that leave the firm (an outbox: SMS, e-mail) and notices that staff find on their pages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.history import keep_history
from crm.messaging.choices import MessageChannel, MessageState
from crm.messaging.querysets import NoticeQuerySet


@keep_history()
class MessageTemplate(models.Model):
    """Words approved once and sent many times. `{name}`, `{branch}`, `{branch_phone}`, `{staff}` are filled in."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    channel = models.CharField(_("channel"), max_length=8, choices=MessageChannel.choices)
    name = models.CharField(_("name"), max_length=100)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=2000)
    gateway_code = models.CharField(_("the gateway's code"), max_length=40, blank=True)
    is_marketing = models.BooleanField(_("marketing"), default=False)  # not sent to who opted out of marketing
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        default_permissions = ()
        ordering = ["channel", "code"]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message to one person. `key` makes it unique: asked for twice, sent once; the gateway gets it too."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    channel = models.CharField(_("channel"), max_length=8, choices=MessageChannel.choices)
    to_sealed = models.BinaryField()
    to_masked = models.CharField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    template = models.ForeignKey(
        MessageTemplate, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("template")
    )
    values = models.JSONField(default=dict)  # what the template was filled with; gateways with templates of their own
    about = models.CharField(max_length=32, blank=True)  # e.g. "client"
    about_no = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("asked for"))
    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField()  # while sending: when another worker may take it up
    ended_at = models.DateTimeField(_("ended"), null=True)
    gateway = models.CharField(_("gateway"), max_length=40, blank=True)
    gateway_no = models.CharField(_("the gateway's number"), max_length=100, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"], ended_at__isnull=True)
                | Q(state__in=["sent", "failed", "cancelled"], ended_at__isnull=False),
                name="crm_message_ended_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(ended_at__isnull=True), name="crm_message_due"),
            models.Index(fields=["about", "about_no", "-created_at"], name="crm_message_about"),
        ]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """Something a member of staff is told on his pages. `key` keeps the same thing from being told twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=200)
    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(_("address"), max_length=500, blank=True)
    is_loud = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="crm_notice_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="crm_notice_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="crm_notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text
