"""Scripts are written in drafts and published by somebody else; what is published stays as it is for ever."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.scripts.checking import checked
from callbacks.scripts.choices import ReasonKind, VersionState
from callbacks.scripts.document import Content
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.policies import EDIT, PUBLISH, why_not_publish
from callbacks.scripts.reading import parse, to_json
from crm.access.guards import check
from crm.audit.services import acting
from crm.organisation.models import User

CODE = re.compile(r"[a-z][a-z0-9_-]{1,49}")
RESERVED = ("new", "import")  # words of addresses
EMPTY: dict[str, Any] = {"questions": []}


class DraftConflict(ValueError):
    """The draft was saved by somebody else meanwhile. `stored` is the version as it stands now: nothing is lost."""

    def __init__(self, stored: ScriptVersion) -> None:
        self.stored = stored
        super().__init__(_("Somebody else has saved this draft meanwhile."))


@transaction.atomic
def new_script(
    *,
    code: str,
    name: str,
    kinds: Sequence[str],
    regulated: bool,
    by: User,
    content: Content | None = None,
    at: dt.datetime | None = None,
) -> ScriptVersion:
    """A script with its first draft, empty unless `content` is given.

    Raises PermissionDenied, or ValidationError for a code that is taken or unusable, a name or reasons that are wrong.
    """
    check(by, EDIT)
    if not CODE.fullmatch(code) or code in RESERVED:
        raise ValidationError(
            {"code": _("A code is made of small letters, digits, “_” and “-”, and begins with a letter.")}
        )
    if Script.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is a script “%(code)s” already.") % {"code": code}})
    with acting(by=by):
        script = Script.objects.create(code=code, **_described(name, kinds), regulated=regulated)
        return _draft(script, to_json(content) if content else EMPTY, by, at)


@transaction.atomic
def describe_script(
    *, script: Script, name: str, kinds: Sequence[str], regulated: bool, is_active: bool, by: User
) -> Script:
    """Change a script's name, reasons, and whether it is regulated or in use.

    Raises PermissionDenied, or ValidationError: also where its published version does not fit `regulated`, and where
    plans use a script that is to go out of use.
    """
    check(by, EDIT)
    known = Script.objects.select_for_update(of=("self",), no_key=True).get(pk=script.pk)
    published = known.versions.filter(state=VersionState.PUBLISHED).first()
    if regulated != known.regulated and published is not None:
        words = _(
            "Version %(number)s is in use as it is. Retire it first, then change whether the script is regulated."
        )
        raise ValidationError({"regulated": words % {"number": published.number}})
    if known.is_active and not is_active:
        _check_unused(known)
    for name_of, value in (_described(name, kinds) | {"regulated": regulated, "is_active": is_active}).items():
        setattr(known, name_of, value)
    with acting(by=by):
        known.save()
    return known


@transaction.atomic
def save_draft(
    *, version: ScriptVersion, content: Content, revision: int, by: User, note: str | None = None
) -> ScriptVersion:
    """Save a draft as it stands, whatever it still lacks. `revision` is the one that was edited.

    Returns the version with its new revision; unchanged content leaves it as it is. Raises PermissionDenied,
    DraftConflict when somebody else saved meanwhile, ValidationError for a version that is no draft.
    """
    check(by, EDIT)
    draft = _locked(version)
    if draft.state != VersionState.DRAFT:
        raise ValidationError(_("A published version does not change; make a new draft from it."))
    if draft.revision != revision:
        raise DraftConflict(draft)
    said = draft.note if note is None else note.strip()
    wanted = to_json(content)
    if wanted == draft.content and said == draft.note:
        return draft
    draft.content, draft.note, draft.revision = wanted, said, revision + 1
    with acting(by=by):
        draft.save(update_fields=["content", "note", "revision"])
    return draft


@transaction.atomic
def publish_version(*, version: ScriptVersion, revision: int, by: User, at: dt.datetime | None = None) -> ScriptVersion:
    """Put a draft into use; the version before retires, and calls that began with it keep it.

    `revision` is the one that was read. Raises PermissionDenied (also for whoever wrote some of it), DraftConflict when
    it was changed since, ContentError for what it lacks, ValidationError when it is no draft any more.
    """
    check(by, PUBLISH)
    script = Script.objects.select_for_update(of=("self",), no_key=True).get(pk=version.script_id)
    draft = _locked(version)
    if draft.state != VersionState.DRAFT:
        raise ValidationError(_("Only a draft is published."))
    refusal = why_not_publish(draft, by)
    if refusal:
        raise PermissionDenied(refusal)
    if draft.revision != revision:
        raise DraftConflict(draft)
    checked(draft.content, regulated=script.regulated)
    with acting(by=by):
        script.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED)
        draft.state, draft.published_by, draft.published_at = VersionState.PUBLISHED, by, at or timezone.now()
        draft.save(update_fields=["state", "published_by", "published_at"])
    return draft


@transaction.atomic
def retire_version(*, version: ScriptVersion, reason: str, by: User) -> ScriptVersion:
    """Take the published version out of use without another in its place.

    Raises PermissionDenied, ValidationError for a version that is not in use or that plans need, or without a reason.
    """
    check(by, PUBLISH)
    if not reason.strip():
        raise ValidationError(_("Please say why it is taken out of use."))
    known = _locked(version)
    if known.state != VersionState.PUBLISHED:
        raise ValidationError(_("Version %(number)s is not in use.") % {"number": known.number})
    _check_unused(known.script)
    known.state = VersionState.RETIRED
    with acting(by=by, reason=reason.strip()[:200]):
        known.save(update_fields=["state"])
    return known


@transaction.atomic
def new_draft(
    *, script: Script, by: User, content: Content | None = None, at: dt.datetime | None = None
) -> ScriptVersion:
    """A new draft with `content`, else that of the newest version. A script has one draft at a time.

    Raises PermissionDenied, ValidationError when there is a draft.
    """
    check(by, EDIT)
    locked = Script.objects.select_for_update(of=("self",), no_key=True).get(pk=script.pk)
    if locked.versions.filter(state=VersionState.DRAFT).exists():
        raise ValidationError(_("“%(name)s” has a draft already; finish or discard it first.") % {"name": locked.name})
    newest = locked.versions.order_by("-number").first()
    begin = to_json(content) if content else newest.content if newest else EMPTY
    with acting(by=by):
        return _draft(locked, begin, by, at)


@transaction.atomic
def discard_draft(*, version: ScriptVersion, revision: int, by: User) -> None:
    """Throw a draft away; the history keeps what stood in it.

    Raises PermissionDenied, DraftConflict when somebody else saved meanwhile, ValidationError when it is no draft.
    """
    check(by, EDIT)
    draft = _locked(version)
    if draft.state != VersionState.DRAFT:
        raise ValidationError(_("A published version is never thrown away."))
    if draft.revision != revision:
        raise DraftConflict(draft)
    with acting(by=by):
        draft.delete()


def content_of(version: ScriptVersion) -> Content:
    """What stands in a version. Everything that is stored can be read."""
    return parse(version.content or EMPTY)


def _described(name: str, kinds: Sequence[str]) -> dict[str, Any]:
    cleaned = " ".join(name.replace("\0", "").split())
    if not 0 < len(cleaned) <= 100:
        raise ValidationError({"name": _("A script needs a name of at most 100 characters.")})
    if not kinds or set(kinds) - set(ReasonKind.values):
        raise ValidationError({"kinds": _("Say for which reasons the script is used.")})
    return {"name": cleaned, "kinds": [kind for kind in ReasonKind.values if kind in kinds]}


def _check_unused(script: Script) -> None:
    """Raises ValidationError, in words, while plans make calls with the script: they would make them without one."""
    names = list(script.plans.filter(paused_at=None).order_by("rank", "code").values_list("name", flat=True))
    if names:
        words = _("These plans make calls with this script; give them another one or pause them first: %(plans)s")
        raise ValidationError(words % {"plans": pgettext("between words of a list", ", ").join(names)})


def _draft(script: Script, content: dict[str, Any], by: User, at: dt.datetime | None) -> ScriptVersion:
    newest = script.versions.aggregate(newest=Max("number"))["newest"] or 0
    return script.versions.create(number=newest + 1, content=content, made_by=by, made_at=at or timezone.now())


def _locked(version: ScriptVersion) -> ScriptVersion:
    """The version as it stands now, one writer at a time. Raises ValidationError for one that was thrown away."""
    found = ScriptVersion.objects.select_for_update(of=("self",), no_key=True).filter(pk=version.pk).first()
    if found is None:
        raise ValidationError(_("This draft has been thrown away meanwhile."))
    return found
