"""What people keep about their pages: views of lists, small choices."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.history import keep_history
from crm.web.querysets import SavedViewQuerySet


@keep_history()
class SavedView(models.Model):
    """A list as somebody wants to find it again: filters, order, columns. With a unit the team there sees it too."""

    list_name = models.CharField(_("list"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    unit = models.ForeignKey(
        "crm.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shared with")
    )
    query = models.TextField(_("filter"), blank=True)  # filters and order as the address has them, without a place
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"), default=list, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["list_name", "owner", "name"], name="crm_savedview_name"),
            models.UniqueConstraint(
                fields=["list_name", "owner"], condition=Q(is_default=True), name="crm_savedview_one_default"
            ),
        ]
        indexes = [models.Index(fields=["list_name", "unit"], name="crm_savedview_unit")]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """A small choice of one person: the columns of a list, that he has seen the tour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    name = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="crm_preference_once")]

    def __str__(self) -> str:
        return self.name
