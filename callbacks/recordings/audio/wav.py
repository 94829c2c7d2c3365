"""WAV (RIFF): chunks, each with its length; `fmt ` says what the samples are, `data` holds them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from callbacks.recordings.audio.facts import Facts, NotThis, Walk

HEADER = 12
UNKNOWN = 0xFFFFFFFF  # written by programs that could not go back to fill in the length
EXTENSIBLE = 0xFFFE


@dataclass(frozen=True)
class Layout:
    """How the samples are written, and where in the file."""

    tag: int  # 1 whole numbers, 3 fractions, 6 A-law, 7 µ-law …
    channels: int
    bits: int
    bytes_a_second: int
    start: int
    length: int  # as said
    there: int  # as found


def read(file: BinaryIO, size: int) -> Facts:
    """Raises NotThis for what is no WAV file."""
    found = layout(file, size)
    if found is None:
        return Facts(0, complete=False, has_sound=False)
    milliseconds = found.there * 1000 // found.bytes_a_second
    return Facts(milliseconds, complete=found.there == found.length, has_sound=found.length > 0)


def layout(file: BinaryIO, size: int) -> Layout | None:
    """Where the samples are; None where the file ends before it says so. Raises NotThis for what is no WAV file."""
    file.seek(0)
    head = file.read(HEADER)
    if len(head) < HEADER or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NotThis
    known: tuple[int, ...] | None = None
    walk, place = Walk(), HEADER
    while place + 8 <= size:
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        walk.other()
        place += 8
        if name == b"fmt ":
            known = _format(file.read(min(length, 40)))
        elif name == b"data":
            return _data(known, place, length, size - place)
        place += length + length % 2
    return None


def _format(body: bytes) -> tuple[int, ...]:
    if len(body) < 16:
        raise NotThis
    tag, channels, _rate, bytes_a_second, _block, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == EXTENSIBLE and len(body) >= 26:
        (tag,) = struct.unpack("<H", body[24:26])
    if not (channels and bytes_a_second):
        raise NotThis
    return tag, channels, bits, bytes_a_second


def _data(known: tuple[int, ...] | None, place: int, length: int, rest: int) -> Layout:
    if known is None:
        raise NotThis
    tag, channels, bits, bytes_a_second = known
    length = rest if length == UNKNOWN else length
    return Layout(tag, channels, bits, bytes_a_second, place, length, min(length, rest))
