"""The body of an event as the telephone system posts it (docs/telephony.md)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from callbacks.recordings.choices import EventKind

NAME = re.compile(r"[0-9A-Za-z._:@+-]{1,100}")
SEQUENCE_MOST = 2**31 - 1
LINE_LENGTH, CALLER_LENGTH = 50, 40
TEXT_LENGTH, URL_LENGTH = 100, 1000
DETAILS, RECORDING = ("agent", "to", "direction"), ("url", "sha256", "name")  # kept of the rest; others are left out
FIRST_YEAR, LAST_YEAR = 2000, 2999


class BadEvent(Exception):
    """The body makes no sense; the text says why."""


@dataclass(frozen=True)
class Told:
    """One event, read."""

    event_id: str
    ref: str
    sequence: int
    kind: EventKind
    occurred_at: dt.datetime
    line: str = ""
    caller: str = field(default="", repr=False)
    details: dict[str, Any] = field(default_factory=dict)
    body_sha256: str = ""


def read_event(body: bytes) -> Told:
    """Raises BadEvent, in words."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadEvent(_("The body is not JSON.")) from error
    if not isinstance(given, dict):
        raise BadEvent(_("The body is not a JSON object."))
    return Told(
        event_id=_name(given, "event_id"),
        ref=_name(given, "ref"),
        sequence=_sequence(given),
        kind=_kind(given),
        occurred_at=_instant(given),
        line=_text(given, "line", LINE_LENGTH),
        caller=_text(given, "caller", CALLER_LENGTH),
        details=_details(given),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def _name(given: dict[str, Any], field_name: str) -> str:
    value = given.get(field_name)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise BadEvent(_("“%(field)s” must be 1 to 100 letters, digits or . _ : @ + -") % {"field": field_name})
    return value


def _sequence(given: dict[str, Any]) -> int:
    value = given.get("sequence")
    if type(value) is not int or not 0 <= value <= SEQUENCE_MOST:
        raise BadEvent(_("“sequence” must be a whole number that grows with every event of a call."))
    return value


def _kind(given: dict[str, Any]) -> EventKind:
    value = given.get("event")
    if value not in EventKind.values:
        raise BadEvent(_("“event” must be one of: %(kinds)s.") % {"kinds": ", ".join(EventKind.values)})
    return EventKind(value)


def _instant(given: dict[str, Any]) -> dt.datetime:
    try:
        value = parse_datetime(str(given.get("at", "")))
    except ValueError:
        value = None
    if value is None or is_naive(value) or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadEvent(_("“at” must be an instant with its zone, such as 2026-11-25T15:30:00+08:00."))
    return value


def _text(given: dict[str, Any], field_name: str, most: int) -> str:
    value = given.get(field_name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BadEvent(
            _("“%(field)s” must be a text of at most %(most)s characters.") % {"field": field_name, "most": most}
        )
    return value


def _details(given: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: _text(given, name, TEXT_LENGTH) for name in DETAILS if name in given}
    recording = given.get("recording")
    if recording is None:
        return kept
    if not isinstance(recording, dict):
        raise BadEvent(_("“recording” must be an object with texts: url, sha256, name."))
    return kept | {"recording": {name: _text(recording, name, URL_LENGTH) for name in RECORDING if name in recording}}
