"""What carries messages out of the house: one interface, and which gateway the settings name for a channel."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from crm.messaging.gateways.base import Gateway, GatewayAway, GatewayRefused, Outgoing, Receipt

__all__ = ["Gateway", "GatewayAway", "GatewayRefused", "Outgoing", "Receipt", "gateway_for"]


def gateway_for(channel: str) -> Gateway:
    """The gateway of a channel, as `settings.MESSAGE_GATEWAYS` names it. Raises KeyError for a channel without one."""
    return _made(settings.MESSAGE_GATEWAYS[channel])


@lru_cache(maxsize=8)
def _made(path: str) -> Gateway:
    made: Gateway = import_string(path)()
    return made
