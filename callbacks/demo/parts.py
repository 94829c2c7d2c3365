"""The callbacks' part of the demo firm: about a month of calls and enquiries that ends on its last day."""

from __future__ import annotations

import datetime as dt

from callbacks.demo.services import bring_up
from clients.demo.parts import Say, demo_part


@demo_part
def bring_up_callbacks(until: dt.date, say: Say) -> None:
    """Every working day up to `until` that has no calls yet."""
    bring_up(until=until, say=say)
