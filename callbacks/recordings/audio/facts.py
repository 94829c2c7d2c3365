"""What the readers of the formats have in common."""

from __future__ import annotations

from dataclasses import dataclass


class NotThis(Exception):
    """The content is not of the format that the reader knows."""


@dataclass(frozen=True)
class Facts:
    """What a container says of itself: its length, whether its end is there, what is in it."""

    milliseconds: int
    complete: bool
    has_sound: bool = True
    has_pictures: bool = False


# How many parts of a file are looked at, so that one made to keep us busy does not.
MOST_PARTS = 2_000_000  # sound: 11 hours of parts of 20 ms
MOST_OTHERS = 200_000  # what is between: heads, padding, things that we do not know


class Walk:
    """Counts the parts of a file as they are looked at. Raises NotThis for one that has too many."""

    def __init__(self) -> None:
        self.parts = self.others = 0

    def part(self) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise NotThis

    def other(self) -> None:
        self.others += 1
        if self.others > MOST_OTHERS:
            raise NotThis
