"""What the queue keeps beside the calls: who can do what, and who passed which call on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import ReasonKind, SkipReason
from callbacks.calls.models import Call
from crm.history import keep_history
from crm.organisation.models import User


@keep_history()
class Skill(models.Model):
    """A member of staff is good at calls of one reason; assignment by skill prefers him."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills", verbose_name=_("person"))
    kind = models.CharField(_("reason"), max_length=20, choices=ReasonKind.choices)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="callbacks_skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class Skip(models.Model):
    """Somebody passed a call on. Counted; append-only."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="skipped")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))
    reason = models.CharField(_("reason"), max_length=12, choices=SkipReason.choices)
    note = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("skipped call")
        verbose_name_plural = _("skipped calls")
        default_permissions = ()
        indexes = [models.Index(fields=["by", "-at"], name="callbacks_skip_by")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.by_id}"
