"""Who listens to which event. Consumers register when their module is imported, which happens at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.events.models import Event

Handler = Callable[["Event"], None]


@dataclass(frozen=True)
class Consumer:
    """One listener. `since`: the first event id it must have dealt with, or None for what comes from now on."""

    event: str
    name: str
    handle: Handler
    since: int | None


_consumers: dict[str, Consumer] = {}


def consumer(event: str, *, name: str, since: int | None = None) -> Callable[[Handler], Handler]:
    """Register a function for every event called `event`. It is called in the transaction that marks the delivery.

    `name` is stored with each delivery and must never change. With `since=0` a consumer that is added later also
    gets the events from before (see `services.catch_up`). What it does must lie in the database; anything else
    (a mail, another task) is asked for there or by `transaction.on_commit`. Raising means: try again later.
    Raises ValueError for a name that is taken.
    """

    def register(handle: Handler) -> Handler:
        if name in _consumers:
            raise ValueError(f"two consumers are called {name}")
        _consumers[name] = Consumer(event, name, handle, since)
        return handle

    return register


def consumers_of(event: str) -> list[Consumer]:
    return [known for known in _consumers.values() if known.event == event]


def all_consumers() -> list[Consumer]:
    return list(_consumers.values())


def find(name: str) -> Consumer | None:
    return _consumers.get(name)


def forget(name: str) -> None:
    """Take a consumer out (tests)."""
    _consumers.pop(name, None)
