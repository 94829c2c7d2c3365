"""The parameters of all rooms, and what they are set to.

A room declares each of its numbers once, in a module `parameters.py`:

    parameter("callbacks.lease_minutes", group=_("Queue"), kind=Whole(5, 240, _("minutes")), default=30, label=…, …)

and reads it with `value_of("callbacks.lease_minutes")`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from crm.parameters.kinds import Kind
from crm.parameters.models import Parameter
from crm.remembered import Remembered

Words = str | Promise


@dataclass(frozen=True)
class Definition:
    """One parameter: its default as JSON, what it is for, where the default comes from.

    `sure` is false where the source is weak, or by analogy: compliance confirms the default.
    """

    key: str
    group: Words
    kind: Kind
    default: Any
    label: Words
    help: Words
    source: Words
    sure: bool


_definitions: dict[str, Definition] = {}


def parameter(
    key: str,
    *,
    group: Words,
    kind: Kind,
    default: Any,
    label: Words,
    help: Words,  # noqa: A002  (as fields of forms call it)
    source: Words,
    sure: bool,
) -> Definition:
    """Declare a parameter. `key` is `app.name`. Raises ValueError when it is declared twice."""
    if key in _definitions:
        raise ValueError(f"parameter {key} is declared twice")
    known = _definitions[key] = Definition(key, group, kind, kind.clean(default), label, help, source, sure)
    return known


def definition_of(key: str) -> Definition | None:
    return _definitions.get(key)


def all_definitions() -> list[Definition]:
    """Every parameter, in the order in which they were declared."""
    return list(_definitions.values())


def _read() -> dict[str, Any]:
    """What is set otherwise than its default, by key, as code works with it."""
    rows = Parameter.objects.filter(value__isnull=False).values_list("key", "value")
    return {key: _definitions[key].kind.read(stored) for key, stored in rows if key in _definitions}


settled = Remembered(_read)


def value_of(key: str) -> Any:
    """What the parameter `key` is set to, its default where nobody changed it; at most some seconds old.

    A whole number is an int, an amount a Decimal in yuan, a share a Decimal fraction, a switch a bool, hours of the
    day pairs of texts for `Intervals.of`. Raises KeyError for a parameter that no room declares.
    """
    known = _definitions[key]
    found = settled()
    return found[key] if key in found else known.kind.read(known.default)
