"""Setting a parameter: checked in words, with the version that was opened, put down to who did it and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.parameters.models import Parameter
from crm.parameters.registry import definition_of, settled

MANAGE = "crm.manage_parameters"
CHANGED = "parameter.changed"


class ChangedMeanwhile(Exception):
    """Somebody else set the parameter since it was opened; `stored` is what holds now."""

    def __init__(self, stored: Parameter) -> None:
        super().__init__(f"parameter {stored.key} is at version {stored.version}")
        self.stored = stored


@transaction.atomic
def set_parameter(
    *, key: str, value: Any, by: User, version: int, why: str = "", at: dt.datetime | None = None
) -> Parameter:
    """Set `key` to `value`, typed text or plain; None: back to its default. `version` is that of what was opened.

    Sent twice, it is set once. Raises KeyError for an unknown parameter, PermissionDenied for who may not,
    ValidationError for a value that is none, ChangedMeanwhile where another version holds; then nothing is written.
    """
    known = definition_of(key)
    if known is None:
        raise KeyError(key)
    check(by, MANAGE)
    plain = None if value is None else known.kind.clean(value)
    at = at or timezone.now()
    with acting(by=by, reason=why):
        stored = _locked(key, create=plain not in (None, known.default))
        if stored.value == plain or (not stored.version and plain == known.default):
            return stored
        if stored.version != version:
            raise ChangedMeanwhile(stored)
        stored.value, stored.version, stored.changed_by, stored.changed_at = plain, version + 1, by, at
        stored.save()
        publish(CHANGED, {"key": key, "version": stored.version}, at=at)
    settled.changed()
    return stored


def _locked(key: str, *, create: bool) -> Parameter:
    """The row of a parameter, locked. Of two who change one for the first time, one lays it, where `create` says so."""
    if create:
        Parameter.objects.bulk_create([Parameter(key=key)], ignore_conflicts=True)
    return Parameter.objects.select_for_update().filter(key=key).first() or Parameter(key=key)
