from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.history import keep_history
from crm.organisation.models import User


@keep_history()
class Parameter(models.Model):
    """What one number of the firm is set to. Rows exist for what was changed once; defaults stand in the code."""

    key = models.CharField(_("parameter"), max_length=80, unique=True)
    value = models.JSONField(_("value"), null=True)  # empty: the default holds again
    version = models.PositiveIntegerField(default=0)  # grows with every change: two editors are noticed
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    changed_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        default_permissions = ("view",)
        permissions = [("manage_parameters", _("Change parameters"))]

    def __str__(self) -> str:
        return self.key
