"""Scripts and their versions, read."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script, ScriptVersion


def scripts() -> QuerySet[Script]:
    """Every script with the numbers `published` and `draft`, and `content`, `since` of what is published: one query."""
    published = ScriptVersion.objects.filter(script=OuterRef("pk"), state=VersionState.PUBLISHED)
    draft = ScriptVersion.objects.filter(script=OuterRef("pk"), state=VersionState.DRAFT)
    return Script.objects.annotate(
        published=Subquery(published.values("number")[:1]),
        content=Subquery(published.values("content")[:1]),
        since=Subquery(published.values("published_at")[:1]),
        draft=Subquery(draft.values("number")[:1]),
    )


def versions_of(script: Script) -> QuerySet[ScriptVersion]:
    """The versions of a script, the newest first, with the names of who wrote and who published."""
    return script.versions.select_related("script", "made_by", "published_by").order_by("-number")


def published_version(script: Script) -> ScriptVersion | None:
    """The version that new calls begin with; None while there is none."""
    return script.versions.filter(state=VersionState.PUBLISHED).first()
