"""The versions of its scripts that a call keeps: those published when somebody first worked on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.db import transaction

from callbacks.calls.choices import ReasonState
from callbacks.calls.models import Answer, Call, CallReason
from callbacks.calls.workflow import WORK
from callbacks.scripts.choices import VersionState
from callbacks.scripts.content import Content, joined, parse
from callbacks.scripts.models import Script, ScriptVersion
from crm.organisation.models import User


@transaction.atomic
def freeze_scripts(*, call: Call, by: User) -> Call:
    """Make sure that the call has a version of the script of each of its reasons, most urgent first.

    A version that is frozen stays, whatever is published later; a reason that joined meanwhile adds its own. A customer
    manager asks the courtesy version of his own client's script, which has no questions about conduct; who takes the
    call after him without an answer given asks the proper one. Done again, it changes nothing. `by` holds the call.
    """
    locked = Call.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(pk=call.pk)
    scripts = _scripts_for(locked, by)
    kept = list(ScriptVersion.objects.filter(pk__in=locked.script_versions).select_related("script"))
    answered = set(Answer.objects.filter(call=locked).values_list("version", flat=True))
    stays = [one for one in kept if one.script_id in scripts or one.pk in answered]
    missing = [pk for pk in scripts if pk not in {one.script_id for one in stays}]
    fresh = ScriptVersion.objects.filter(script__in=missing, state=VersionState.PUBLISHED)
    versions = {one.script_id: one.pk for one in [*fresh, *stays]}
    wanted = [versions[pk] for pk in scripts if pk in versions]
    wanted += [one.pk for one in stays if one.pk not in wanted]
    if wanted and wanted != locked.script_versions:
        locked.script_versions = wanted
        locked.save(update_fields=["script_versions"])
    return locked


def _scripts_for(call: Call, by: User) -> list[int]:
    """The scripts that `by` asks in this call, by the urgency of its reasons."""
    reasons = CallReason.objects.filter(call=call, state=ReasonState.OPEN).order_by("rank", "due_at", "id")
    asked = list(dict.fromkeys(reasons.values_list("script", "kind")))
    if not makes_courtesy_calls(call, by):
        return list(dict.fromkeys(script for script, _kind in asked))
    courtesy = list(Script.objects.filter(regulated=False, is_active=True).order_by("code"))
    return list(dict.fromkeys(next((one.pk for one in courtesy if kind in one.kinds), pk) for pk, kind in asked))


def makes_courtesy_calls(call: Call, by: User) -> bool:
    """Whether `by` may only make courtesy calls: a customer manager, of his own clients."""
    is_own = call.client is not None and call.client.manager_id == by.pk
    return is_own or not by.has_perm(WORK[0])


@lru_cache(maxsize=512)
def content_of(version_id: int) -> Content:
    """The content of a version that some call froze: published, so it never changes."""
    return parse(ScriptVersion.objects.values_list("content", flat=True).get(pk=version_id))


@lru_cache(maxsize=512)
def _joined(version_ids: tuple[int, ...]) -> Content:
    return joined([content_of(pk) for pk in version_ids])


def script_of(call: Call) -> Content:
    """Everything that is asked in this call, one script after the other, nothing twice."""
    return _joined(tuple(call.script_versions))


def version_asking(version_ids: Sequence[int], question: str) -> int:
    """Which frozen version a question is from: the first that has it. Raises KeyError where none has."""
    for pk in version_ids:
        if question in content_of(pk).by_code:
            return pk
    raise KeyError(question)
