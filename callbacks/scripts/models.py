"""Scripts: what is said and asked in a call, in versions. A call keeps the version it started with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from callbacks.scripts.choices import VersionState
from crm.history import keep_history
from crm.organisation.models import User


@keep_history()
class Script(models.Model):
    """A script under one name. `regulated`: it asks the five topics, and recusal binds whoever asks."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("for the reasons"), default=list)
    regulated = models.BooleanField(_("regulated script"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("script")
        verbose_name_plural = _("scripts")
        default_permissions = ("view",)
        ordering = ["code"]
        permissions = [
            ("edit_scripts", _("Write scripts")),
            ("publish_scripts", _("Publish scripts written by somebody else")),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history()
class ScriptVersion(models.Model):
    """One version. Its content never changes once it is published (a trigger sees to it)."""

    script = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="versions", verbose_name=_("script"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    content = models.JSONField(_("content"), default=dict)  # see content.py
    revision = models.PositiveIntegerField(default=0)  # grows with every save of the draft: two editors are noticed
    note = models.TextField(_("what changed"), blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("author"))
    made_at = models.DateTimeField(_("made"))
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("version of a script")
        verbose_name_plural = _("versions of scripts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["script", "number"], name="callbacks_version_number"),
            models.UniqueConstraint(
                fields=["script"], condition=Q(state="published"), name="callbacks_version_one_published"
            ),
            models.UniqueConstraint(fields=["script"], condition=Q(state="draft"), name="callbacks_version_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state__in=["published", "retired"], published_at__isnull=False),
                name="callbacks_version_published_pair",
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=True) | Q(published_by__isnull=True) | ~Q(made_by=F("published_by")),
                name="callbacks_version_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.script_id} v{self.number}"
