"""Why a call is left out of what a supervisor does to it, or why somebody may not be given it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import CallState

REFUSALS: dict[str, str | Promise] = {
    # Of the call.
    "worked_on": _("somebody is working on it"),
    "not_worked_on": _("nobody is working on it"),
    "on_the_line": _("it is on the line now"),
    "ended": _("it has ended"),
    "held": _("it is held back"),
    "not_held": _("it is not held back"),
    "opt_out": _("the client wants no calls"),
    "no_phone": _("no phone number is known"),
    "nowhere": _("everybody is recused, also at the call centre"),
    "form_refused": _("the client does not want this form of contact"),
    # Of a person.
    "may_not": _("does not work on calls"),
    "recused": _("recusal: dealt with what the call is about"),
    "manages": _("recusal: looks after the client"),
    "introduced": _("recusal: introduced the client"),
    "large": _("clients of this size are called by headquarters or the call centre"),
    "not_own": _("makes courtesy calls to own clients only"),
    "other_unit": _("the call belongs to another unit"),
    "no_manager": _("the client has no customer manager"),
    "nobody": _("nobody was chosen"),
}


def words(code: str) -> str:
    """What a refusal means; the code itself for one of an older version."""
    return str(REFUSALS.get(code, code))


def in_words(refused: Mapping[str, int]) -> list[tuple[str, int]]:
    """Every refusal with its number, the most frequent first."""
    return [(words(code), number) for code, number in sorted(refused.items(), key=lambda one: (-one[1], one[0]))]


# SQL: why nothing can be done to a call of `calls_chosen` because of its state; null when it waits.
NOT_WAITING = f"""CASE
    WHEN ch.state = '{CallState.CLAIMED}' THEN 'worked_on'
    WHEN ch.state <> '{CallState.WAITING}' THEN 'ended'
END"""
NOT_OPEN = f"CASE WHEN ch.state NOT IN ('{CallState.WAITING}', '{CallState.CLAIMED}') THEN 'ended' END"
