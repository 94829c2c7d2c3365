"""Chance that is the same every time: drawn from words, not from a clock or a generator."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TypeVar

from crm.worktime.arithmetic import at

T = TypeVar("T")
WHOLE = 1 << 32


def share(*words: object) -> float:
    """A number from 0 to 1 (never 1 itself) that depends on `words` alone."""
    digest = hashlib.blake2b("|".join(map(str, words)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / WHOLE


def number(low: int, high: int, *words: object) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(share(*words) * (high - low + 1))


def pick(choices: Sequence[T], *words: object) -> T:
    """One of `choices`, each as likely as the others."""
    return choices[int(share(*words) * len(choices))]


def weighted(choices: Sequence[tuple[T, int]], *words: object) -> T:
    """One of `choices`, each as likely as its weight says."""
    place = share(*words) * sum(weight for _choice, weight in choices)
    for choice, weight in choices:
        place -= weight
        if place < 0:
            return choice
    return choices[-1][0]


def moment(day: dt.date, text: str, *, minutes: int = 0, words: Sequence[object] = ()) -> dt.datetime:
    """`day` at the hour `text` ("09:05"), up to so many `minutes` later as `words` draw, and some seconds."""
    later = dt.timedelta(minutes=number(0, minutes, "minute", *words), seconds=number(0, 59, "second", *words))
    return at(day, dt.time.fromisoformat(text)) + later
