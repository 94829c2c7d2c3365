from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from crm.messaging import services
from crm.messaging.gateways import GatewayAway, GatewayRefused, Outgoing, Receipt


class Post:
    """A gateway that keeps what it took and does what a test tells it to."""

    name = "post"

    def __init__(self) -> None:
        self.took: list[Outgoing] = []
        self.trouble: GatewayAway | GatewayRefused | None = None
        self.asked = 0
        self.knows: Receipt | GatewayAway | None = None

    def send(self, message: Outgoing) -> Receipt:
        if self.trouble:
            raise self.trouble
        self.took.append(message)
        return Receipt(f"no-{len(self.took)}")

    def find(self, message: Outgoing) -> Receipt | None:
        self.asked += 1
        if isinstance(self.knows, GatewayAway):
            raise self.knows
        return self.knows


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """The gateway of every channel."""
    made = Post()
    monkeypatch.setattr(services, "gateway_for", lambda _channel: made)
    return made


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
