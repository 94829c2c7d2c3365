"""Read ahead: the next pieces of a file are made ready while PostgreSQL takes the last ones."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

from django.utils import translation

T = TypeVar("T")
END = object()


def read_ahead(items: Iterator[T], depth: int = 2) -> Iterator[T]:
    """The same items, made by a thread that is at most `depth` of them ahead. What it raises is raised here.

    The thread speaks the language of whoever reads: what is wrong with a file is said to him.
    """
    language = translation.get_language()
    ready: queue.Queue[object] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(item: object) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            with translation.override(language):
                for item in items:
                    if not put(item):
                        return
            put(END)
        except BaseException as error:  # handed over to whoever reads
            put(_Failed(error))

    maker = threading.Thread(target=make, name="feed-reader", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not END:
            if isinstance(item, _Failed):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        maker.join()


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error
