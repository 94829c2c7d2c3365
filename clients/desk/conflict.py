"""Two people edited the same wishes: what each of them wrote, field by field, and what is offered to be kept.

Three versions are compared: what was opened (from the history), what is stored now, what was typed. A field that only
one of the two changed takes his value; where both did, what was typed is offered and the other value stands beside.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from clients.profile.forms import WishesForm
from clients.profile.models import ClientWishes
from clients.profile.wishes import FIELDS, opened_version, plain
from crm.audit.selectors import history_of


@dataclass(frozen=True)
class Difference:
    """A field in which the stored version and the typed one differ, in words."""

    label: str
    stored: str
    typed: str
    is_yours: bool  # what was typed stands in the form
    is_disputed: bool  # and the other changed it too


@dataclass(frozen=True)
class Conflict:
    """Who was faster and when, the differences, and the form's values with the version that holds now."""

    by: str
    at: dt.datetime | None
    differences: list[Difference]
    merged: dict[str, Any]


def conflict_of(form: WishesForm, stored: ClientWishes) -> Conflict:
    """The conflict of a valid form with what is stored."""
    opened = opened_version(stored.client, form.cleaned_data["version"])
    merged: dict[str, Any] = {"version": stored.version}
    differences = []
    for name in FIELDS:
        now, typed, before = getattr(stored, name), form.cleaned_data[name], opened[name]
        untouched = plain(typed) == plain(before)
        merged[name] = now if untouched else typed
        if plain(now) != plain(typed):
            differences.append(
                Difference(
                    label=str(form.fields[name].label),
                    stored=form.in_words(name, now),
                    typed=form.in_words(name, typed),
                    is_yours=not untouched,
                    is_disputed=not untouched and plain(now) != plain(before),
                )
            )
    last = history_of(stored, most=1)
    return Conflict(last[0].by if last else "", last[0].at if last else None, differences, merged)
