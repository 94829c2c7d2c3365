"""Ogg: pages, each complete in itself; the position on the last one is the length, a flag says that it is the last."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from callbacks.recordings.audio.facts import Facts, NotThis, Walk

HEAD = struct.Struct("<4sBBqIIIB")
FIRST, LAST = 2, 4
NOWHERE = -1  # on a page where no packet ends
OPUS_RATE = 48000


class Page(NamedTuple):
    """One page: its flags, position in samples, stream, and the first bytes in it."""

    flags: int
    position: int
    stream: int
    start: bytes
    whole: bool


class Codec(NamedTuple):
    """Samples a second, and how many at the beginning are not heard."""

    rate: int
    skipped: int


def read(file: BinaryIO, size: int) -> Facts:
    """Raises NotThis for what does not begin with an Ogg page."""
    sounds: dict[int, Codec] = {}
    pictures, ended, whole = False, False, True
    milliseconds = 0
    walk = Walk()
    for page in _pages(file, size):
        walk.part() if page.start else walk.other()
        whole = page.whole
        if not page.whole:
            break
        if page.flags & FIRST:
            codec = _codec(page.start)
            pictures = pictures or page.start[1:7] == b"theora"
            if codec:
                sounds[page.stream] = codec
        if page.stream in sounds and page.position != NOWHERE:
            rate, skipped = sounds[page.stream]
            milliseconds = max(milliseconds, (page.position - skipped) * 1000 // rate)
        ended = ended or bool(page.flags & LAST)
    return Facts(milliseconds, complete=whole and ended, has_sound=bool(sounds), has_pictures=pictures)


def _pages(file: BinaryIO, size: int) -> Iterator[Page]:
    place = 0
    while place < size:
        file.seek(place)
        head = file.read(HEAD.size)
        if head[:4] != b"OggS"[: len(head)] or (place == 0 and len(head) < HEAD.size):
            if place == 0:
                raise NotThis
            return
        if len(head) < HEAD.size:
            yield Page(0, NOWHERE, 0, b"", whole=False)
            return
        _sign, _version, flags, position, stream, _number, _sum, segments = HEAD.unpack(head)
        table = file.read(segments)
        length = sum(table)
        start = file.read(min(length, 64))
        place += HEAD.size + segments + length
        yield Page(flags, position, stream, start, whole=len(table) == segments and place <= size)


def _codec(start: bytes) -> Codec | None:
    """What the first packet of a stream says, for the codecs of sound."""
    if start.startswith(b"OpusHead") and len(start) >= 12:
        return Codec(OPUS_RATE, struct.unpack("<H", start[10:12])[0])
    if start.startswith(b"\x01vorbis") and len(start) >= 16:
        rate = struct.unpack("<I", start[12:16])[0]
    elif start.startswith(b"Speex   ") and len(start) >= 40:
        rate = struct.unpack("<I", start[36:40])[0]
    elif start.startswith(b"\x7fFLAC") and len(start) >= 30:
        rate = int.from_bytes(start[27:30]) >> 4
    else:
        return None
    return Codec(rate, 0) if rate else None
