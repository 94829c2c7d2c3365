"""The complaints feed is loaded like the others."""

from tests.clients.feeds.conftest import clients, english, load, today

__all__ = ["clients", "english", "load", "today"]
