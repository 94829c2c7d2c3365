from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """One message as a gateway gets it; `to` in clear, `key` is our own number for it and goes out with it."""

    key: str
    to: str
    body: str
    subject: str = ""
    template_code: str = ""  # the gateway's own template, where it wants one
    values: Mapping[str, str] = field(default_factory=dict)
    asked_at: dt.datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """The gateway took the message and calls it `number`."""

    number: str


class GatewayRefused(Exception):
    """The gateway will never take this message (no such number, no such template). The text says why."""


class GatewayAway(Exception):
    """The gateway could not be reached, or takes nothing at the moment: worth another try."""


class Gateway(Protocol):
    """Carries messages of one channel."""

    name: str

    def send(self, message: Outgoing) -> Receipt:
        """Hand the message over. Raises GatewayRefused or GatewayAway."""
        ...

    def find(self, message: Outgoing) -> Receipt | None:
        """The receipt of a message that may have been handed over already (a worker was killed in between).

        None when the gateway does not know it. Raises GatewayAway when that cannot be told.
        """
        ...
