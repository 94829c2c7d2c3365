"""WebM (EBML): elements with an id and a length. What browsers record says its length nowhere and leaves the lengths of
the outer elements open, so the blocks themselves are looked at: the last one's time is the length."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from callbacks.recordings.audio.facts import Facts, NotThis, Walk

EBML, DOC_TYPE = 0x1A45DFA3, 0x4282
SEGMENT, INFO, SCALE, DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, TRACK, TRACK_TYPE = 0x1654AE6B, 0xAE, 0x83
CLUSTER, CLUSTER_TIME, GROUP, BLOCK, SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA0, 0xA1, 0xA3
INSIDE = {EBML, SEGMENT, INFO, TRACKS, TRACK, CLUSTER, GROUP}  # looked into; all others are passed over
WORTH_READING = {DOC_TYPE, SCALE, DURATION, TRACK_TYPE, CLUSTER_TIME, BLOCK, SIMPLE_BLOCK}
SOUND_PARTS = {GROUP, BLOCK, SIMPLE_BLOCK}
PICTURES, SOUND = 1, 2
LAST_BLOCK_MS = 20  # how long a block of Opus usually is


@dataclass
class Seen:
    """What the elements said so far. Times in units of `scale` nanoseconds."""

    doc_type: bytes = b""
    scale: int = 1_000_000
    duration: float = 0.0
    has_sound: bool = False
    has_pictures: bool = False
    cluster_time: int = 0
    last_time: int = -1

    def take(self, element: int, body: bytes) -> None:
        """Learn from one element."""
        if element == DOC_TYPE:
            self.doc_type = body.rstrip(b"\0")
        elif element == SCALE:
            self.scale = int.from_bytes(body) or self.scale
        elif element == DURATION and len(body) in (4, 8):
            (self.duration,) = struct.unpack(">f" if len(body) == 4 else ">d", body)
        elif element == TRACK_TYPE:
            self.has_sound = self.has_sound or int.from_bytes(body) == SOUND
            self.has_pictures = self.has_pictures or int.from_bytes(body) == PICTURES
        elif element == CLUSTER_TIME:
            self.cluster_time = int.from_bytes(body)
        elif element in (BLOCK, SIMPLE_BLOCK):
            self._block(body)

    def _block(self, body: bytes) -> None:
        behind_track = _width(body[0]) if body else 0
        if behind_track and len(body) >= behind_track + 2:
            offset = int.from_bytes(body[behind_track : behind_track + 2], signed=True)
            self.last_time = max(self.last_time, self.cluster_time + offset)

    def milliseconds(self, *, complete: bool) -> int:
        """The length as said, else as found."""
        if complete and 0 < self.duration < 1e12:
            return round(self.duration * self.scale / 1_000_000)
        return self.last_time * self.scale // 1_000_000 + LAST_BLOCK_MS if self.last_time >= 0 else 0


def read(file: BinaryIO, size: int) -> Facts:
    """Raises NotThis for what is no WebM file, or is made of more elements than sound needs."""
    seen, walk, place, complete = Seen(), Walk(), 0, True
    while place < size:
        file.seek(place)
        head = file.read(12)
        if place == 0 and not head.startswith(EBML.to_bytes(4)):
            raise NotThis
        parsed = _element(head)
        if parsed is None or place + parsed[2] > size:
            complete = False
            break
        element, length, behind = parsed
        walk.part() if element in SOUND_PARTS and length else walk.other()
        fits = length is None or place + behind + length <= size
        complete = complete and fits
        if element not in INSIDE and (length is None or not fits):
            complete = False
            break  # of an outer element, what is inside may still be read
        if element in WORTH_READING:
            file.seek(place + behind)
            seen.take(element, file.read(min(length or 0, 16)))
        place += behind + (0 if element in INSIDE else length or 0)
    if seen.doc_type != b"webm":
        raise NotThis
    return Facts(
        seen.milliseconds(complete=complete), complete, has_sound=seen.has_sound, has_pictures=seen.has_pictures
    )


def _width(first: int) -> int:
    """How many bytes a number of variable length has, by its first byte; 0 for none that we know."""
    return 9 - first.bit_length() if first else 0


def _element(head: bytes) -> tuple[int, int | None, int] | None:
    """The id, the length (None: left open) and where the content begins; None for what is no element."""
    wide = _width(head[0]) if head else 0
    if not 1 <= wide <= 4 or len(head) <= wide:
        return None
    more = _width(head[wide])
    if not more or len(head) < wide + more:
        return None
    mask = (1 << 7 * more) - 1
    length = int.from_bytes(head[wide : wide + more]) & mask
    return int.from_bytes(head[:wide]), None if length == mask else length, wide + more
