"""What hardly ever changes and is asked for all the time: read once, kept in this process for some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakSet

from django.db import transaction

T = TypeVar("T")

SECONDS = 5.0


class Remembered(Generic[T]):
    """The answer of `read`, at most `seconds` old.

    Whoever writes what is read calls `changed()`: after the commit this process reads anew at once, the others when
    their answer is too old. The clock is the monotonic one: no business instant hangs on it.
    """

    _everything: ClassVar[WeakSet[Remembered[Any]]] = WeakSet()

    def __init__(self, read: Callable[[], T], *, seconds: float = SECONDS) -> None:
        self._read, self._seconds = read, seconds
        self._kept: tuple[float, T] | None = None
        self._everything.add(self)

    def __call__(self) -> T:
        kept, now = self._kept, time.monotonic()
        if kept is None or now - kept[0] > self._seconds:
            kept = self._kept = (now, self._read())
        return kept[1]

    def changed(self) -> None:
        """What is read was written: forget the answer once the writing is committed."""
        transaction.on_commit(self.forget)

    def forget(self) -> None:
        self._kept = None

    @classmethod
    def forget_all(cls) -> None:
        """Forget every answer of this process, as when the database under it is another one."""
        for one in list(cls._everything):
            one.forget()
