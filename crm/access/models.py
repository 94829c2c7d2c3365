from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import ApiTokenQuerySet
from crm.history import keep_history


class Access(models.Model):  # noqa: DJ008 (has no rows)
    """Permissions of the kernel that belong to no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("use_admin", _("Maintain reference tables")),
            ("manage_staff", _("Maintain staff, units and appointments")),
            ("view_read_log", _("Read the log of who read what")),
            ("view_change_history", _("Read the history of changes")),
            ("view_jobs", _("See everybody's background jobs")),
            ("manage_jobs", _("Stop and repeat everybody's background jobs")),
            ("manage_tokens", _("Issue and withdraw API tokens")),
            ("export_lists", _("Take lists out as files")),
            ("release_exports", _("Release large exports of others")),
            ("share_views", _("Share saved views with the unit")),
            ("manage_templates", _("Maintain message templates")),
            ("send_messages", _("Send SMS and e-mail to clients")),
        ]


@keep_history(exclude=["digest", "last_used_at"])
class ApiToken(models.Model):
    """A key for a program: it acts for a member of staff, with these of his permissions, until a day."""

    name = models.CharField(_("name"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("acts for")
    )
    permissions = ArrayField(models.CharField(max_length=100), verbose_name=_("permissions"), default=list)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField(_("issued"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    ends_on = models.DateField(_("valid until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="crm_apitoken_withdrawn_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name
