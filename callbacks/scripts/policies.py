"""Who may see, write and publish scripts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import ScriptVersion
from crm.organisation.models import User

SEE = "callbacks.view_script"
EDIT = "callbacks.edit_scripts"
PUBLISH = "callbacks.publish_scripts"


def authors_of(version: ScriptVersion) -> set[int]:
    """The ids of everybody who wrote some of a version, by its history."""
    events = version.events.all()  # type: ignore[attr-defined]
    wrote = events.filter(pgh_label__in=("insert", "update"), state=VersionState.DRAFT)
    users = wrote.annotate(user=models.F("pgh_context__user")).values_list("user", flat=True)
    return {int(user) for user in users if user is not None} | ({version.made_by_id} if version.made_by_id else set())


def why_not_publish(version: ScriptVersion, user: User) -> str:
    """Why `user` may not publish `version`, whatever stands in it; empty when he may."""
    if version.state != VersionState.DRAFT:
        return _("Only a draft is published.")
    if user.pk in authors_of(version):
        return _("You wrote some of this version yourself; somebody else publishes it.")
    return ""
