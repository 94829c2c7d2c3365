from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.drafts.querysets import DraftQuerySet


class Draft(models.Model):
    """What somebody typed into a form and has not sent yet: sealed, its author's alone, gone after a week."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("author")
    )
    kind = models.CharField(max_length=40)  # which form
    object_key = models.CharField(max_length=100)  # of what, as the form's page has it in its address
    sealed = models.BinaryField()
    window = models.UUIDField()  # the open page that wrote it last
    kept_at = models.DateTimeField(_("kept at"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "kind", "object_key"], name="crm_draft_once")]
        indexes = [models.Index(fields=["kept_at"], name="crm_draft_kept")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}"
