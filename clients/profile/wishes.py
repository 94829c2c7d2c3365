"""What a client tells us about himself, changed by one person at a time: the version that was opened must hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.profile.models import Client, ClientWishes
from clients.profile.policies import EDIT
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.worktime.arithmetic import Hours, hours_of

CHANGED = "wishes.changed"
FIELDS = (
    "preferred_name", "call_days", "call_from", "call_until", "preferred_hours", "declared_preference", "horizon",
    "interests", "needs", "opt_outs",
)  # fmt: skip


class ChangedMeanwhile(Exception):
    """Somebody else changed the wishes since they were opened; `stored` is what holds now."""

    def __init__(self, stored: ClientWishes) -> None:
        super().__init__(f"wishes of client {stored.client_id} are at version {stored.version}")
        self.stored = stored


@transaction.atomic
def update_wishes(
    *, client: Client, wishes: Mapping[str, Any], version: int, by: User, at: dt.datetime | None = None
) -> ClientWishes:
    """Keep the client's wishes: every one of `FIELDS`, as a form gives them. `version` is that of what was opened.

    `client` comes from `visible_to(by)`. Sent twice, it is kept once. Raises PermissionDenied for who may not,
    ValidationError for hours that are none, ChangedMeanwhile where another version holds; then nothing is written.
    """
    check(by, EDIT)
    check_call_hours(wishes["call_from"], wishes["call_until"])
    empty = ClientWishes(client=client)
    if not version and not differing(empty, wishes):
        return empty
    with acting(by=by):
        stored, is_new = _stored(client, wishes)
        if not is_new and differing(stored, wishes):
            if stored.version != version:
                raise ChangedMeanwhile(stored)
            for name in FIELDS:
                setattr(stored, name, wishes[name])
            stored.version += 1
            stored.save(update_fields=[*FIELDS, "version"])
        elif not is_new:
            return stored
    publish(CHANGED, {"client": client.pk, "version": stored.version}, at=at)
    return stored


def check_call_hours(start: dt.time | None, end: dt.time | None) -> None:
    """A client's own hours have a beginning and an end, on the same day. Raises ValidationError in words."""
    if (start is None) != (end is None):
        missing = "call_until" if end is None else "call_from"
        raise ValidationError({missing: _("Say from when until when the client may be called, or neither.")})
    if start and end and start >= end:
        raise ValidationError({"call_until": _("The hours end after they begin, on the same day.")})


def call_hours(wishes: ClientWishes | None, usual: Hours) -> Hours:
    """When a client may be called: at the hours he named; what he left open, and who named none, is `usual`."""
    if wishes is None:
        return usual
    return hours_of(usual, days=wishes.call_days, start=wishes.call_from, end=wishes.call_until)


def differing(stored: ClientWishes, wishes: Mapping[str, Any]) -> list[str]:
    """The fields in which `wishes` say something else than is stored; several choices count without their order."""
    return [name for name in FIELDS if plain(getattr(stored, name)) != plain(wishes[name])]


def plain(value: Any) -> Any:
    """A value as it is compared: several choices without their order."""
    return sorted(value) if isinstance(value, list | tuple) else value


def opened_version(client: Client, version: int) -> dict[str, Any]:
    """The wishes as they were at `version`, from the history; empty ones before the first."""
    empty: Any = ClientWishes(client=client)
    then = empty.events.filter(version=version).order_by("-pgh_id").first() if version else None
    return {name: getattr(then or empty, name) for name in FIELDS}


def _stored(client: Client, wishes: Mapping[str, Any]) -> tuple[ClientWishes, bool]:
    """What is stored, locked, and whether it was stored just now: of two who begin at once, one does."""
    kept = ClientWishes.objects.select_for_update().filter(client=client).first()
    if kept is not None:
        return kept, False
    made, created = ClientWishes.objects.get_or_create(
        client=client, defaults={name: wishes[name] for name in FIELDS} | {"version": 1}
    )
    return made, created
