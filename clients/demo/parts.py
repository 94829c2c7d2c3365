"""What later apps add to the demo firm: each registers a part of its own, which is brought up after the clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Say = Callable[[str], None]
Part = Callable[[dt.date, Say], None]

_parts: list[Part] = []


def demo_part(bring_up: Part) -> Part:
    """Register `bring_up(until, say)`, which makes what is missing of its part up to the day `until`.

    Called on every start that finds the demo firm out of date; what is there already it leaves alone.
    """
    if bring_up not in _parts:
        _parts.append(bring_up)
    return bring_up


def bring_up_parts(*, until: dt.date, say: Say) -> None:
    """Bring up every part, in the order in which the apps stand in the settings."""
    for part in _parts:
        part(until, say)
