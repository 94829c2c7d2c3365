"""What happened to a thing, field by field."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm.organisation.models import User

MOST = 200
KINDS: dict[str, str | Promise] = {
    "insert": gettext_lazy("Created"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Deleted"),
}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, in words for people; `before` is empty for what was just created."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change: when, what kind, who (and for whom), why, and the fields that differ."""

    at: dt.datetime
    kind: str
    by: str
    acting_for: tuple[str, ...]
    reason: str
    url: str
    request: str
    fields: tuple[FieldChange, ...]


def history_of(thing: models.Model, *, most: int = MOST) -> list[Change]:
    """The changes of one row of a model that keeps history, newest first, at most `most`.

    Sealed and digested columns are left out: their masked neighbour shows that they changed. A change of columns that
    keep no history (a sign-in's date, say) is not shown. Four queries at most for names, however long the history.
    """
    return _changes(thing._meta.concrete_fields, list(_events(thing).order_by("-pgh_id")[: most + 1]), most)


def history_of_all(model: type[models.Model], *, most: int = MOST, **where: Any) -> list[Change]:
    """The changes of all rows of a model that keeps history whose columns are, or were, as `where` says, newest first.

    For what hangs on a thing and may be gone by now, such as a client's further phones. Otherwise as `history_of`.
    """
    related: Any = model
    events = related.events.rel.related_model.objects.filter(**where)
    return _changes(model._meta.concrete_fields, list(events.order_by("-pgh_id")[: 2 * most]), most)


def _changes(fields: Sequence[models.Field[Any, Any]], events: list[Any], most: int) -> list[Change]:
    """The newest `most` of some events, newest first, each compared with the one before of the same row."""
    shown = [field for field in fields if _is_shown(field, events)]
    names = _names(shown, events)
    people = _people(events)
    changes = []
    for number, event in enumerate(events[:most]):
        earlier = (one for one in events[number + 1 :] if one.pgh_obj_id == event.pgh_obj_id)
        before = next(earlier, None) if event.pgh_label == "update" else None
        differing = tuple(_differences(shown, before, event, names))
        if differing or event.pgh_label != "update":
            changes.append(_change(event, differing, people))
    return changes


def _events(thing: models.Model) -> Any:
    related: Any = thing
    return related.events.all()


def _is_shown(field: models.Field[Any, Any], events: list[Any]) -> bool:
    return (
        not field.primary_key
        and not isinstance(field, models.BinaryField)
        and bool(events)
        and hasattr(events[0], field.attname)
    )


def _differences(
    shown: list[models.Field[Any, Any]], before: Any, after: Any, names: dict[str, dict[Any, str]]
) -> list[FieldChange]:
    found = []
    for field in shown:
        old = getattr(before, field.attname) if before else None
        new = getattr(after, field.attname)
        if old != new and (before or new not in (None, "", [], {})):
            label = str(field.verbose_name)
            found.append(FieldChange(label, _in_words(field, old, names), _in_words(field, new, names)))
    return found


def _in_words(field: models.Field[Any, Any], value: Any, names: dict[str, dict[Any, str]]) -> str:
    """A value as people read it: the label of a choice, the name behind a key, yes and no."""
    if value is None or value == "":
        return ""
    if field.attname in names:
        return names[field.attname].get(value, str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return pgettext("between words of a list", ", ").join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return str(dict(field.flatchoices).get(value, value))


def _names(shown: list[models.Field[Any, Any]], events: list[Any]) -> dict[str, dict[Any, str]]:
    """What foreign keys point to, by column: one query a table that is pointed to."""
    keys: defaultdict[Any, set[Any]] = defaultdict(set)
    pointing = [field for field in shown if field.is_relation]
    for field in pointing:
        keys[field.related_model] |= {getattr(event, field.attname) for event in events}
    found = {model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=ids)} for model, ids in keys.items()}
    return {field.attname: found[field.related_model] for field in pointing}


def _people(events: list[Any]) -> dict[str, str]:
    """Names by staff number of everybody named in the contexts."""
    numbers: set[str] = set()
    for event in events:
        context = event.pgh_context or {}
        numbers |= {context.get("staff_no", ""), *context.get("acting_for", ())}
    found = User.objects.filter(staff_no__in=numbers - {""}).values_list("staff_no", "name")
    return {staff_no: f"{name} ({staff_no})" for staff_no, name in found}


def _change(event: Any, fields: tuple[FieldChange, ...], people: dict[str, str]) -> Change:
    context = event.pgh_context or {}
    staff_no = context.get("staff_no", "")
    return Change(
        at=event.pgh_created_at,
        kind=str(KINDS.get(event.pgh_label, event.pgh_label)),
        by=people.get(staff_no, staff_no) or _("the system"),
        acting_for=tuple(people.get(number, number) for number in context.get("acting_for", ())),
        reason=context.get("reason", ""),
        url=context.get("url", ""),
        request=context.get("request", ""),
        fields=fields,
    )
