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
