"""The `Range` header of HTTP (RFC 9110, 14.2): one range of bytes; everything else means the whole file."""

from __future__ import annotations

import re
from typing import NamedTuple

ONE_RANGE = re.compile(r"bytes=[ \t]*(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})[ \t]*")


class Span(NamedTuple):
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class NotSatisfiable(Exception):
    """No byte of the file lies in the range asked for."""


def span_of(header: str, size: int) -> Span | None:
    """The span that `header` asks for in a file of `size` bytes; None where the whole file is to be sent.

    Several ranges at once may be answered with the whole file, and are; so is what makes no sense.
    Raises NotSatisfiable.
    """
    found = ONE_RANGE.fullmatch(header)
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        return _tail(int(found["last"]), size)
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else size - 1
    if found["last"] and last < first:
        return None
    if first >= size:
        raise NotSatisfiable
    return Span(first, min(last, size - 1))


def _tail(length: int, size: int) -> Span:
    """The last `length` bytes."""
    if length == 0 or size == 0:
        raise NotSatisfiable
    return Span(max(size - length, 0), size - 1)
